import Foundation
import JSON
import Networking

/// What an observer outside of the service finds in the log of the masters.
struct FleetVerdict {
    /// A run as the service told of it.
    struct Run {
        let id: String
        let master: Int
        let deadline: Date?
        let state: String
    }

    /// The figures of the masters of one kind. Times in seconds.
    struct Figures {
        var runs = 0
        var began = 0
        /// From one poll to the next, while the run was watched.
        var gaps: [Double] = []
        /// How many there would be if none were late.
        var pollsExpected = 0.0
        /// From the deadline to the first `/stop`. Nothing for a run without one.
        var stops: [Double] = []
        /// From the deadline until the load was over, by whom ever.
        var ends: [Double] = []
        var overlaps = 0
        var ownEnds = 0
    }

    /// Between two polls of a healthy master, in intervals: one that is missed is late.
    static let gapIntervalsMax = 2.0
    static let lateSecondsMax = 1.0
    /// The hook leaves the service a second, and looks four times in one.
    static let ownEndSecondsMax = 2.0

    private(set) var figures: [FleetKind: Figures] = [:]
    private let interval: Double

    init(_ lines: [FleetLog.Line], of runs: [Run], _ settings: FleetSettings, clock: ClockPair) {
        interval = settings.interval
        let byMaster = Dictionary(grouping: lines, by: \.master)
        for kind in FleetKind.allCases { figures[kind] = Figures() }
        for run in runs {
            let kind = settings.kind(of: run.master)
            let mine = byMaster[run.master] ?? []
            figures[kind]?.add(
                run, mine, deadline: run.deadline.map { clock.monotonic($0) },
                every: settings.interval)
        }
    }

    /// The counts, for programs.
    var json: JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: figures.map { kind, mine in
                    let counts = [
                        "runs": mine.runs, "began": mine.began, "polls": mine.gaps.count,
                        "pollsExpected": Int(mine.pollsExpected), "stops": mine.stops.count,
                        "ends": mine.ends.count, "ownEnds": mine.ownEnds,
                        "overlaps": mine.overlaps,
                    ]
                    return (kind.rawValue, .object(counts.mapValues { .int(Int64($0)) }))
                }))
    }

    /// What is wrong, in words; nothing is as it should be.
    var problems: [String] {
        var problems: [String] = []
        for kind in FleetKind.allCases {
            guard let mine = figures[kind], mine.runs > 0 else { continue }
            if mine.began < mine.runs {
                problems.append("\(mine.runs - mine.began) \(kind) masters saw no start")
            }
            if mine.overlaps > 0 {
                problems.append("\(mine.overlaps) polls of \(kind) masters overlapped")
            }
            if mine.ends.count < mine.began {
                problems.append("\(mine.began - mine.ends.count) \(kind) masters were not stopped")
            }
            let endMax = kind == .dead ? Self.ownEndSecondsMax : Self.lateSecondsMax
            if let last = mine.ends.max(), last > endMax {
                problems.append("\(kind): load went on for \(last) s after its deadline")
            }
        }
        if let healthy = figures[.healthy] {
            let gapMax = interval * Self.gapIntervalsMax
            if let last = healthy.gaps.max(), last > gapMax {
                problems.append("a healthy master was not polled for \(last) s")
            }
            if healthy.ownEnds > 0 {
                problems.append("\(healthy.ownEnds) healthy masters had to stop by themselves")
            }
        }
        return problems
    }
}

extension FleetVerdict.Figures {
    fileprivate mutating func add(
        _ run: FleetVerdict.Run, _ lines: [FleetLog.Line], deadline: MonotonicTime?,
        every interval: Double
    ) {
        runs += 1
        let mine = lines.filter { $0.run == run.id }
        guard mine.contains(where: { $0.what == .began }) else { return }
        began += 1
        overlaps += mine.count { $0.what == .overlap }
        let watched = mine.filter { $0.what == .look && $0.time < deadline ?? .distantFuture }
        gaps += zip(watched, watched.dropFirst()).map { ($1.time - $0.time) / .seconds(1) }
        if let first = watched.first, let deadline {
            pollsExpected += (deadline - first.time) / .seconds(interval)
        }
        guard let end = mine.first(where: { $0.what.isEnd }) else { return }
        if end.what != .stopped { ownEnds += 1 }
        guard let deadline else { return }
        ends.append((end.time - deadline) / .seconds(1))
        if let stop = mine.first(where: { $0.what == .stop }) {
            stops.append((stop.time - deadline) / .seconds(1))
        }
    }
}

/// The calendar and the monotonic clock, read together.
struct ClockPair {
    private let date = Date()
    private let time = MonotonicTime.now

    func monotonic(_ date: Date) -> MonotonicTime {
        time + .seconds(date.timeIntervalSince(self.date))
    }
}
