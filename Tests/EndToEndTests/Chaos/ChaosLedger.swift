import Foundation
import JSON
import Synchronization

/// What was done and seen, by whom it may be.
final class ChaosLedger: Sendable {
    /// What the callers know of a run.
    struct Account: Sendable {
        let plan: ChaosPlan.Run
        let cluster: ChaosCluster
        var id: String?
        var begunAt = Date()
        var stopAnsweredAt: Date?
        /// The most requests that an answer told of.
        var shown = 0
        var deadline: Date?
        /// As it was first shown over.
        var over: JSONValue?
        var endSeenAt: Date?
    }

    private struct State {
        var accounts: [String: Account] = [:]
        var violations: [String] = []
        var faults: [(fault: Fault, from: Date, to: Date)] = []
        /// Of observations, once they were in the store.
        var stored: Set<String> = []
        /// Of observations whose sender was told that they are taken: run, epoch and sequence.
        var acknowledged: Set<String> = []
        var residentBytesMax = 0
    }

    private let state = Mutex(State())
    let beginning = Date()

    var accounts: [Account] { state.withLock { Array($0.accounts.values) } }
    var violations: [String] { state.withLock { $0.violations } }
    var faults: [(fault: Fault, from: Date, to: Date)] { state.withLock { $0.faults } }
    var stored: Set<String> { state.withLock { $0.stored } }
    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }
    var residentBytesMax: Int { state.withLock { $0.residentBytesMax } }

    func open(_ account: Account) { state.withLock { $0.accounts[account.plan.name] = account } }

    func update(_ run: ChaosPlan.Run, _ change: (inout Account) -> Void) {
        state.withLock { state in
            guard var account = state.accounts[run.name] else { return }
            change(&account)
            state.accounts[run.name] = account
        }
    }

    func violate(_ what: String) {
        let seconds = Date().timeIntervalSince(beginning)
        state.withLock { $0.violations.append(String(format: "%.1f s: ", seconds) + what) }
    }

    func note(_ fault: Fault, from: Date, to: Date) {
        state.withLock { $0.faults.append((fault, from, to)) }
    }

    func note(stored: Set<String>) { state.withLock { $0.stored.formUnion(stored) } }

    /// Takes one exchange between a hook and the service, as it went over the wire.
    func hear(_ asked: [UInt8], _ answered: [UInt8]) {
        let asked = String(decoding: asked, as: UTF8.self)
        guard String(decoding: answered.prefix(12), as: UTF8.self) == "HTTP/1.1 200",
            asked.hasPrefix("POST /v1/callbacks/metrics ")
                || asked.hasPrefix("POST /v1/callbacks/test-stop "),
            let end = asked.range(of: "\r\n\r\n"),
            let body = JSONValue(String(asked[end.upperBound...])),
            let run = body["runId"]?.text, let epoch = body["epoch"]?.text,
            let sequence = body["sequence"]?.integer
        else { return }
        state.withLock { _ = $0.acknowledged.insert("\(run) \(epoch) \(sequence)") }
    }

    func note(residentBytes: Int) {
        state.withLock { $0.residentBytesMax = max($0.residentBytesMax, residentBytes) }
    }

    /// Takes an answer that shows a run, and holds it against those before.
    func see(_ shown: JSONValue, of run: ChaosPlan.Run) {
        let total = shown["lastMetrics"]?["totalRequests"]?.integer ?? 0
        let isOver = ["Finished", "Failed"].contains(shown["state"]?.text)
        var complaints: [String] = []
        update(run) { account in
            if total < account.shown {
                complaints.append("\(run.name) shrank from \(account.shown) to \(total) requests")
            }
            account.shown = max(account.shown, total)
            if let deadline = shown["deadline"]?.date {
                if let first = account.deadline, abs(deadline.timeIntervalSince(first)) > 0.01 {
                    complaints.append("the deadline of \(run.name) moved: \(first) \(deadline)")
                }
                account.deadline = account.deadline ?? deadline
            }
            if let over = account.over {
                for field in ["state", "endReason", "endedAt"] where over[field] != shown[field] {
                    complaints.append("\(run.name) was over, and changed: \(over) \(shown)")
                }
            } else if isOver {
                (account.over, account.endSeenAt) = (shown, Date())
            }
        }
        for complaint in complaints { violate(complaint) }
    }
}
