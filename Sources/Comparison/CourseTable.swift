import Glibc
import Metrics

/// A course as sums from its start, so that what any stretch has counted is one subtraction away.
///
/// Response times are counted in columns of 1 % here: whatever two runs differ by for sure is more
/// than a share of that, and noise is thousands of sums.
struct CourseTable: Sendable {
    let intervalCount: Int
    /// Exponents of `step`, ascending: a column counts what lies between its power and the next.
    private let columns: [Int]
    /// Row `i` has what the first `i` intervals have counted: response times by column, and behind
    /// them what `Extra` names.
    private let rows: [Double]
    private let width: Int

    private static let step = 1.01

    private enum Extra: Int, CaseIterable {
        case requests
        case failures
        case seconds
        /// Requests with a response time, and the sum of these in microseconds.
        case timed
        case sum
    }

    init(_ course: Course) {
        intervalCount = course.intervals.count
        let columns = Set(
            course.intervals.flatMap {
                $0.responseTimes.buckets.map { Self.column(of: $0.highest) }
            }
        ).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(columns, 0...))
        width = columns.count + Extra.allCases.count
        var row = [Double](repeating: 0, count: width)
        var rows = row
        for interval in course.intervals {
            for (highest, count) in interval.responseTimes.buckets {
                if let place = places[Self.column(of: highest)] { row[place] += Double(count) }
            }
            row[columns.count + Extra.requests.rawValue] += Double(interval.requests)
            row[columns.count + Extra.failures.rawValue] += Double(interval.failures)
            row[columns.count + Extra.seconds.rawValue] += interval.seconds
            row[columns.count + Extra.timed.rawValue] += interval.timed
            row[columns.count + Extra.sum.rawValue] += interval.timeSum
            rows += row
        }
        self.columns = columns
        self.rows = rows
    }

    private static func column(of value: UInt64) -> Int {
        Int((log(Double(max(value, 1))) / log(step)).rounded(.down))
    }

    /// Counts of some stretches together.
    struct Counts {
        fileprivate var cells: [Double]
    }

    var noCounts: Counts { Counts(cells: [Double](repeating: 0, count: width)) }

    var all: Counts {
        var counts = noCounts
        add(0..<intervalCount, to: &counts)
        return counts
    }

    /// Requests with a response time.
    var timeCount: Double { all.cells[columns.count + Extra.timed.rawValue] }

    /// Adds a stretch that goes on at the start where it passes the end.
    func add(from start: Int, count: Int, to counts: inout Counts) {
        let end = start + count
        add(start..<min(end, intervalCount), to: &counts)
        if end > intervalCount { add(0..<(end - intervalCount), to: &counts) }
    }

    private func add(_ stretch: Range<Int>, to counts: inout Counts) {
        let (before, through) = (stretch.lowerBound * width, stretch.upperBound * width)
        // The one loop that counts. Without the checks of arrays and ranges it is bearable also
        // in builds that are not optimised, where tests run.
        rows.withUnsafeBufferPointer { rows in
            counts.cells.withUnsafeMutableBufferPointer { cells in
                var column = 0
                while column < width {
                    cells[column] += rows[through &+ column] - rows[before &+ column]
                    column &+= 1
                }
            }
        }
    }

    /// Nil where nothing came back.
    func value(of figure: Figure, in counts: Counts) -> Double? {
        func extra(_ extra: Extra) -> Double { counts.cells[columns.count + extra.rawValue] }
        let requests = extra(.requests)
        switch figure {
        case .rate:
            let seconds = extra(.seconds)
            return seconds > 0 ? requests / seconds : nil
        case .mean: return extra(.timed) > 0 ? extra(.sum) / extra(.timed) : nil
        case .errorRate: return requests > 0 ? 100 * extra(.failures) / requests : nil
        case .percentile(let share):
            guard extra(.timed) > 0, !columns.isEmpty else { return nil }
            var left = extra(.timed) * share / 100
            for (column, count) in zip(columns, counts.cells) {
                if count > 0, left <= count {
                    return pow(Self.step, Double(column) + left / count)
                }
                left -= count
            }
            return columns.last.map { pow(Self.step, Double($0 + 1)) }
        }
    }

    /// What each interval adds to a figure beyond its share in it: the figure's influence function
    /// up to a factor, by which its noise is known from one course.
    func influences(on figure: Figure) -> [Double] {
        guard let value = value(of: figure, in: all) else { return [] }
        return (0..<intervalCount).map { interval in
            var own = noCounts
            add(interval..<(interval + 1), to: &own)
            func extra(_ extra: Extra) -> Double { own.cells[columns.count + extra.rawValue] }
            switch figure {
            case .rate: return extra(.requests) - value * extra(.seconds)
            case .mean: return extra(.sum) - value * extra(.timed)
            case .errorRate: return 100 * extra(.failures) - value * extra(.requests)
            case .percentile(let share):
                let slow = zip(columns, own.cells).reduce(0) { slow, cell in
                    pow(Self.step, Double(cell.0)) > value ? slow + cell.1 : slow
                }
                return slow - (1 - share / 100) * extra(.timed)
            }
        }
    }
}
