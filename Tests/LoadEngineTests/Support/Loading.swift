import Networking
import Synchronization
import TestSupport
import Testing

@testable import LoadEngine

/// What a run has reported.
final class Reports: Sendable {
    private let all = Mutex<[LoadReport]>([])

    func add(_ report: LoadReport) { all.withLock { $0.append(report) } }

    var list: [LoadReport] { all.withLock { $0 } }
    var final: LoadReport? { all.withLock { $0.last { $0.isFinal } } }
}

/// Runs a plan to its end. The patience only ends a test that would hang.
///
/// - Parameter body: what is done while it runs.
@discardableResult
func load(
    _ plan: LoadPlan, origins: [OriginSlot]? = nil, patience: Duration = .seconds(100),
    while body: (LoadRun, Reports) async throws -> Void = { _, _ in }
) async throws -> (report: LoadReport, all: [LoadReport]) {
    let reports = Reports()
    let origins = origins ?? plan.program.origins.map { OriginSlot(resolving: $0, for: plan) }
    let run = try LoadRun.start(plan, origins: origins) { reports.add($0) }
    do {
        try await body(run, reports)
    } catch {
        run.stop()
        throw error
    }
    _ = await eventually(within: patience) { reports.final != nil }
    run.stop()
    let report = try #require(reports.final, "the run hangs")
    await run.finished()
    return (report, reports.list)
}

extension LoadReport {
    var requests: Int { Int(total.total.requests) }
    var failures: Int { Int(total.total.failures) }
    var responses: Int { Int(total.total.latency.count) }
    var statuses: [Int: Int] {
        Dictionary(
            uniqueKeysWithValues: total.total.statuses.map { ($0.status, Int($0.count)) })
    }
    var kinds: [FailureKind: Int] {
        Dictionary(
            uniqueKeysWithValues: total.total.failuresByKind.map { ($0.kind, Int($0.count)) })
    }
    var examples: [FailureKind: String] { total.total.examples }
    var resends: Int { Int(total.transport.resends) }
    var dropped: Int { Int(total.transport.dropped) }
}

/// What holds for every run, whatever happened in it.
func expectConsistent(_ run: (report: LoadReport, all: [LoadReport])) {
    let (report, total) = (run.report, run.report.total.total)
    var sum = LoadStatistics(endpointCount: report.total.endpoints.count)
    for report in run.all { sum.merge(report.interval) }
    #expect(sum.total.requests == total.requests, "the intervals add up")
    #expect(sum.total.failures == total.failures)
    #expect(sum.total.bytesIn == total.bytesIn)
    #expect(sum.total.latency == total.latency)
    #expect(sum.transport.connectionsOpened == report.total.transport.connectionsOpened)
    #expect(run.all.count { $0.isFinal } == 1, "one report is the last")
    let withoutResponse = total.failuresByKind.filter {
        $0.kind != .unexpectedStatus && $0.kind != .checkFailed
    }.reduce(0) { $0 + $1.count }
    #expect(total.requests == total.latency.count + withoutResponse)
    #expect(total.failures == total.failuresByKind.reduce(0) { $0 + $1.count })
    #expect(total.latency.count == total.statuses.reduce(0) { $0 + $1.count })
    #expect(Set(total.examples.keys) == Set(total.failuresByKind.map(\.kind)))
    for (kind, example) in total.examples { #expect(!example.isEmpty, "\(kind)") }
}

/// Request by request the same on both sides.
func expectEqualCounts(
    _ run: (report: LoadReport, all: [LoadReport]), _ targets: TargetServer...
) {
    expectConsistent(run)
    let report = run.report
    let counted = targets.reduce(0) { $0 + $1.ledger.requests }
    let sent = report.requests + report.inFlight + Int(report.total.total.redirects)
    // What was sent again may have been read the first time, or not.
    #expect((sent...sent + report.resends).contains(counted))
    guard report.inFlight == 0, report.resends == 0 else { return }
    let bytes = targets.reduce(0) { $0 + $1.ledger.bytesIn }
    #expect(Int(report.total.total.bytesOut) == bytes)
}
