import Metrics

/// The sum of some intervals, as far as one measure needs it.
struct MeasuredTotal {
    private(set) var seconds = 0.0
    private(set) var quality = MeasuredQuality.clean
    private let measure: Measure
    private var requests = 0
    private var failures = 0
    private var dropped = 0
    private var responseMsSum = 0.0
    private var timed = 0
    private var responseTimes = Histogram()
    private var hasAllTimes = true
    private var packed: [UInt8]?

    init(of measure: Measure) {
        self.measure = measure
    }

    init(of measure: Measure, _ intervals: some Sequence<MeasuredInterval>) {
        self.init(of: measure)
        for interval in intervals { add(interval) }
    }

    mutating func add(_ interval: MeasuredInterval) {
        seconds += interval.seconds
        quality = max(quality, interval.quality)
        requests += interval.requests
        failures += interval.failures
        dropped += interval.dropped
        guard measure.kind == .time else { return }
        if measure == .mean, let sum = interval.responseMsSum {
            responseMsSum += sum
            timed += interval.requests
            return
        }
        hasAllTimes = hasAllTimes && interval.hasAllTimes
        guard let bytes = interval.responseTimes else { return }
        do {
            responseTimes.merge(try Histogram(decoding: bytes))
        } catch {
            hasAllTimes = false  // Of a damaged store: what is missing is told as missing.
        }
    }

    mutating func merge(_ other: MeasuredTotal) {
        seconds += other.seconds
        quality = max(quality, other.quality)
        requests += other.requests
        failures += other.failures
        dropped += other.dropped
        responseMsSum += other.responseMsSum
        timed += other.timed
        responseTimes.merge(other.responseTimes)
        hasAllTimes = hasAllTimes && other.hasAllTimes
    }

    /// Keeps the response times as they are stored, a tenth as large and less.
    fileprivate mutating func pack() {
        guard !responseTimes.isEmpty else { return }
        packed = responseTimes.encoded()
        responseTimes = Histogram()
    }

    fileprivate mutating func unpack() {
        guard let bytes = packed else { return }
        packed = nil
        do { responseTimes = try Histogram(decoding: bytes) } catch { hasAllTimes = false }
    }

    /// In the unit of the measure; nil where nothing tells: no request has no response time, and
    /// no share of failures.
    ///
    /// - Parameter length: how long that took, where that is known better.
    func value(lasting length: Double? = nil) -> Double? {
        let seconds = length ?? seconds
        return switch measure {
        case .percentile(let share): time { Double($0.percentile(share)) / 1000 }
        case .min: time { Double($0.min) / 1000 }
        case .max: time { Double($0.max) / 1000 }
        case .mean: mean
        case .errorRate: requests > 0 ? Double(failures) / Double(requests) : nil
        case .rps: seconds > 0 ? Double(requests) / seconds : nil
        case .count: Double(requests)
        case .failures: Double(failures)
        case .dropped: Double(dropped)
        }
    }

    /// Whether there were responses whose times nobody knows.
    var lacksTimes: Bool { measure.kind == .time && !hasAllTimes }

    private var mean: Double? {
        guard hasAllTimes else { return nil }
        let count = Double(timed) + Double(responseTimes.count)
        return count > 0
            ? (responseMsSum + Double(responseTimes.sum) / 1000) / count : nil
    }

    private func time(_ milliseconds: (Histogram) -> Double) -> Double? {
        hasAllTimes && !responseTimes.isEmpty ? milliseconds(responseTimes) : nil
    }
}

/// The sum of a row of intervals that grows at its end and shrinks at its beginning. Histograms can
/// be added and not taken away, so the sums of all ends of the older part are kept: each interval
/// is added three times, however long the row is.
struct SlidingTotal {
    private let measure: Measure
    /// The older part: each with all that came after it, the oldest last.
    private var older: [MeasuredTotal] = []
    private var newer: [MeasuredInterval] = []
    private var newerTotal: MeasuredTotal
    private var intervals: [MeasuredInterval] = []
    private var first = 0

    init(of measure: Measure) {
        self.measure = measure
        newerTotal = MeasuredTotal(of: measure)
    }

    var isEmpty: Bool { first == intervals.count }
    var from: Double { isEmpty ? 0 : intervals[first].from }
    var to: Double { intervals.last?.to ?? 0 }
    /// Where it would begin without its first.
    var fromWithoutFirst: Double { first + 1 < intervals.count ? intervals[first + 1].from : to }

    mutating func append(_ interval: MeasuredInterval) {
        intervals.append(interval)
        newer.append(interval)
        newerTotal.add(interval)
    }

    mutating func removeFirst() {
        if older.isEmpty {
            var total = MeasuredTotal(of: measure)
            for interval in newer.reversed() {
                total.add(interval)
                var kept = total
                kept.pack()
                older.append(kept)
            }
            newer = []
            newerTotal = MeasuredTotal(of: measure)
        }
        older.removeLast()
        first += 1
        guard first > 64, first * 2 > intervals.count else { return }
        intervals.removeFirst(first)
        first = 0
    }

    var total: MeasuredTotal {
        guard var total = older.last else { return newerTotal }
        total.unpack()
        total.merge(newerTotal)
        return total
    }
}
