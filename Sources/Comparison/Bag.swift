import Glibc

/// A run to draw others from that might as well have been measured.
struct Bag {
    /// Of the run as it was measured.
    let values: [Double?]
    private let table: CourseTable
    private let figures: [Figure]
    private let blockLength: Int
    /// What the draws of each figure are off its value by is stretched by so much.
    private let stretches: [Double]

    init(_ table: CourseTable, figures: [Figure]) {
        self.table = table
        self.figures = figures
        let all = table.all
        values = figures.map { table.value(of: $0, in: all) }
        let noises = figures.map { SerialNoise(table.influences(on: $0)) }
        // One draw serves all figures: the longest block is right for none too short.
        let longest = noises.map(\.blockLength).max() ?? 1
        blockLength = longest
        stretches = noises.map { $0.stretch(ofBlocks: longest) }
    }

    func draw(using generator: inout Draws) -> [Double?] {
        var counts = table.noCounts
        var left = table.intervalCount
        while left > 0 {
            let start = Int.random(in: 0..<table.intervalCount, using: &generator)
            table.add(from: start, count: min(blockLength, left), to: &counts)
            left -= blockLength
        }
        return figures.indices.map { index in
            guard let value = values[index], let drawn = table.value(of: figures[index], in: counts)
            else { return nil }
            return Self.stretched(drawn, from: value, by: stretches[index], figures[index])
        }
    }

    /// Neither a time nor a rate can be less than nothing, and no draw that was above it becomes
    /// nothing: they are stretched as ratios.
    private static func stretched(
        _ drawn: Double, from value: Double, by stretch: Double, _ figure: Figure
    ) -> Double {
        guard figure == .errorRate else {
            return value > 0 ? value * pow(drawn / value, stretch) : drawn
        }
        return min(max(0, value + (drawn - value) * stretch), 100)
    }
}
