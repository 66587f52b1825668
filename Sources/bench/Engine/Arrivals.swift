/// How evenly requests arrived, from the times at which the target read them.
struct Arrivals {
    private let times: [Int64]

    /// - Parameter skipped: the part of the run, from its start, that is left out as warm-up.
    init(nanoseconds: [Int64], skippedShare skipped: Double = 0) throws {
        let sorted = nanoseconds.sorted()
        let first = sorted.first ?? 0
        let start = first + Int64(Double((sorted.last ?? 0) - first) * skipped)
        times = Array(sorted.drop { $0 < start })
        guard times.count > 2 else { throw BenchError("too few requests arrived") }
    }

    /// Requests per second: the slope of the line through all of them (least squares). The first
    /// and the last alone would tell how late these two happened to be.
    var rate: Double {
        let meanIndex = Double(times.count - 1) / 2
        let seconds = times.map { Double($0 - times[0]) / 1e9 }
        let meanSeconds = seconds.reduce(0, +) / Double(seconds.count)
        var (shared, own) = (0.0, 0.0)
        for (index, time) in seconds.enumerated() {
            shared += (Double(index) - meanIndex) * (time - meanSeconds)
            own += (time - meanSeconds) * (time - meanSeconds)
        }
        return shared / own
    }

    /// In per cent, whichever way.
    func rateError(from wanted: Double) -> Double { abs(rate / wanted - 1) * 100 }

    /// How many microseconds a share of the requests was late at most, against a schedule that
    /// begins where the earliest hundredth would be on time.
    func lateness(of share: Double, at rate: Double) -> Double {
        let late = times.enumerated().map {
            Double($1 - times[0]) / 1e3 - Double($0) * 1e6 / rate
        }.sorted()
        func percentile(_ share: Double) -> Double {
            late[min(late.count - 1, Int(share * Double(late.count)))]
        }
        return percentile(share) - percentile(0.01)
    }
}
