/// A row of block characters, each as high as its value.
enum Chart {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let parts = Array("▏▎▍▌▋▊▉")

    /// The last `columns` of `values`, from 0 at the bottom to `top`.
    ///
    /// - Parameter values: nil where nothing is known. What is not above 0 is left blank, as the
    ///   lowest block stands for something.
    static func columns(_ values: [Double?], columns: Int, top: Double) -> String {
        let shown = values.suffix(max(0, columns))
        return String(
            shown.map { value -> Character in
                guard let value, value > 0, top > 0 else { return " " }
                let level = (value / top * Double(blocks.count)).rounded(.up)
                return blocks[min(max(Int(level), 1), blocks.count) - 1]
            })
    }

    /// A bar from the left, in eighths of a column; something is never shown as nothing.
    static func bar(_ share: Double, columns: Int) -> String {
        guard columns > 0, share > 0 else { return "" }
        let eighths = max(1, Int((min(share, 1) * Double(columns * 8)).rounded()))
        let whole = String(repeating: "█", count: eighths / 8)
        return eighths % 8 == 0 ? whole : whole + String(parts[eighths % 8 - 1])
    }
}
