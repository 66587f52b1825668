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

    /// How many microseconds after its place in the schedule each request came, in their order; the
    /// schedule begins with the first.
    private func behindSchedule(at rate: Double) -> [Double] {
        times.enumerated().map { Double($1 - times[0]) / 1e3 - Double($0) * 1e6 / rate }
    }

    /// How many microseconds a share of the requests was late at most, against a schedule that
    /// begins where the earliest hundredth would be on time.
    func lateness(of share: Double, at rate: Double) -> Double {
        let late = behindSchedule(at: rate).sorted()
        func percentile(_ share: Double) -> Double {
            late[min(late.count - 1, Int(share * Double(late.count)))]
        }
        return percentile(share) - percentile(0.01)
    }

    /// How many milliseconds after its request was due a share of the responses had left at most:
    /// what an honest generator of that rate has to report, but for its own way and the network's.
    ///
    /// - Parameter departures: when responses left, in nanoseconds; the first belongs to the first
    ///   request and so on, as a target that holds responses keeps their order.
    func responseMilliseconds(
        of share: Double, at rate: Double, leaving departures: [Int64]
    ) throws -> Double {
        guard departures.count == times.count else {
            throw BenchError("\(times.count) requests and \(departures.count) responses are logged")
        }
        let late = behindSchedule(at: rate)
        // Where lateness begins to count, too.
        let onTime = late.sorted()[late.count / 100]
        let waits = zip(departures.sorted(), zip(times, late)).map { departure, request in
            Double(departure - request.0) / 1e6 + (request.1 - onTime) / 1e3
        }.sorted()
        let rank = (share * Double(waits.count)).rounded(.up)
        return waits[min(waits.count, max(1, Int(rank))) - 1]
    }
}
