import ControlPlane
import Crypto
import Foundation
import History
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Webhooks

/// Deliveries out of a real store, with a clock of the test's, to a sender that does as it is told.
struct DispatcherTests {
    private final class Sender: NoticeSender {
        private struct State {
            var sent: [(webhook: String, id: String, subject: String)] = []
            var outcomes: [String: [AttemptOutcome]] = [:]
            var hangs: Set<String> = []
        }

        private let state = Mutex(State())

        /// Of one webhook, one after the other; the last one stays.
        func answer(_ webhook: String, _ outcomes: AttemptOutcome...) {
            state.withLock { $0.outcomes[webhook] = outcomes }
        }

        func hang(_ webhook: String) { state.withLock { _ = $0.hangs.insert(webhook) } }

        func ids(_ webhook: String = "hook") -> [String] {
            state.withLock { $0.sent.filter { $0.webhook == webhook }.map(\.id) }
        }

        func subjects(_ webhook: String = "hook") -> [String] {
            state.withLock { $0.sent.filter { $0.webhook == webhook }.map(\.subject) }
        }

        func send(_ delivery: DueDelivery) async -> AttemptOutcome {
            let name = delivery.webhook.id.text
            let (outcome, hangs) = state.withLock { state in
                state.sent.append(
                    (name, delivery.delivery.id.text, delivery.delivery.notice.subject))
                let outcomes = state.outcomes[name] ?? [AttemptOutcome(status: 200)]
                if outcomes.count > 1 { state.outcomes[name] = Array(outcomes.dropFirst()) }
                return (outcomes[0], state.hangs.contains(name))
            }
            // Ends when it is cancelled.
            if hangs { try? await Task.sleep(for: .seconds(3600)) }
            return outcome
        }
    }

    private let folder: TemporaryFolder
    private let store: HistoryStore
    private let sender = Sender()
    private let time = ManualTime(start: epoch)
    private let log = MemorySink()
    private static let failed = AttemptOutcome(status: 500, failure: "HTTP 500")

    init() async throws {
        folder = try TemporaryFolder()
        store = try Self.open(folder)
        try await insert("hook")
    }

    private static func open(_ folder: TemporaryFolder) throws -> HistoryStore {
        try HistoryStore(
            path: folder.path("history.db"), logger: Logger(sink: MemorySink()),
            encryptionKeys: EncryptionKeys(SealingKey([UInt8](repeating: 7, count: 32))))
    }

    private func insert(_ id: String, tenant: String = "shop") async throws {
        try await store.insert(
            .sample(id, tenant: tenant), WebhookSecrets(url: "http://127.0.0.1:9"))
    }

    private func enqueue(_ id: String, for webhook: String = "hook", subject: String = "run-1")
        async throws
    {
        let sample = Notice.sample(subject: subject)
        let notice = Notice(sample.kind, at: time.now, subject: subject, data: sample.data)
        try await store.enqueue(notice, as: DeliveryID(id), for: WebhookID(webhook))
    }

    private func delivery(_ id: String, of webhook: String = "hook") async throws -> Delivery {
        try #require(try await store.delivery(DeliveryID(id), of: WebhookID(webhook)))
    }

    /// Delivers meanwhile.
    private func delivering(_ body: (WebhookDispatcher) async throws -> Void) async throws {
        let dispatcher = WebhookDispatcher(
            store, sender, time: time, logger: Logger(level: .debug, sink: log))
        let task = Task { await dispatcher.run() }
        do {
            try await body(dispatcher)
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }

    private func become(_ state: Delivery.State, _ id: String, of webhook: String = "hook")
        async throws -> Bool
    {
        try await eventually(moving: time) {
            try await delivery(id, of: webhook).state == state
        }
    }

    @Test func `what happens while it delivers is delivered at once, and noted`() async throws {
        try await delivering { (dispatcher) async throws in
            try await enqueue("a")
            #expect(try await eventually { try await delivery("a").state == .delivered })
            let attempts = try await store.attempts(at: DeliveryID("a"))
            #expect(attempts.count == 1 && attempts.first?.status == 200)
            let delivered = dispatcher.meters.attempts.first {
                $0.0.kind == .json && $0.0.outcome == .delivered
            }
            #expect(delivered?.1 == 1)
        }
        let webhook = try #require(
            try await store.webhook(WebhookID("hook"), in: .everything))
        #expect(webhook.health.lastDeliveredAt == epoch)
    }

    @Test func `what failed is tried again by the schedule, under the same id, and given up`()
        async throws
    {
        sender.answer("hook", Self.failed)
        try await enqueue("a")
        try await delivering { (_) async throws in
            let isOver = try await eventually(moving: time, by: .seconds(120)) {
                try await delivery("a").state == .failed
            }
            #expect(isOver)
        }
        // The last may be beyond the age that a delivery may have.
        let most = RetrySchedule.pauses.count + 1
        #expect(Set(sender.ids()) == ["a"] && (most - 1...most).contains(sender.ids().count))
        let attempts = try await store.attempts(at: DeliveryID("a"))
        let pauses = zip(attempts.dropFirst(), attempts).map { $0.at.timeIntervalSince($1.at) }
        for (pause, wanted) in zip(pauses, RetrySchedule.pauses) {
            #expect(pause >= wanted / .seconds(1) * (1 - RetrySchedule.jitter))
        }
        #expect(log.lines.contains { $0.contains("webhook delivery given up") })
    }

    @Test func `one run's notices come in their order, whatever fails between them`() async throws {
        sender.answer("hook", Self.failed, Self.failed, AttemptOutcome(status: 200))
        for id in ["a", "b"] { try await enqueue(id, subject: "run-1") }
        try await enqueue("c", subject: "run-2")
        try await delivering { (_) async throws in
            #expect(try await become(.delivered, "b"))
            #expect(try await become(.delivered, "c"))
        }
        let first = sender.ids().filter { $0 != "c" }
        #expect(first.first == "a" && first.last == "b")
        #expect(first == first.sorted())
    }

    @Test func `a receiver that hangs keeps no other from being told`() async throws {
        try await insert("slow")
        try await insert("other", tenant: "other")
        sender.hang("slow")
        try await enqueue("a", for: "slow")
        try await enqueue("b")
        try await enqueue("c", for: "other")
        try await delivering { (_) async throws in
            #expect(try await eventually { try await delivery("b").state == .delivered })
            #expect(
                try await eventually { try await delivery("c", of: "other").state == .delivered })
            #expect(try await delivery("a", of: "slow").attemptCount == 0)
            // Until its time is over.
            let isNoted = try await eventually(moving: time) {
                try await delivery("a", of: "slow").attemptCount == 1
            }
            #expect(isNoted)
        }
        let attempts = try await store.attempts(at: DeliveryID("a"))
        #expect(attempts.first?.failure == "no answer within 10 s")
    }

    @Test func `of one tenant so many are under way at once, and no more`() async throws {
        for number in 0..<8 {
            try await insert("h\(number)")
            sender.hang("h\(number)")
            try await enqueue("d\(number)", for: "h\(number)")
        }
        try await insert("other", tenant: "other")
        try await enqueue("o", for: "other")
        func begun() -> Int { (0..<8).filter { !sender.ids("h\($0)").isEmpty }.count }
        try await delivering { (_) async throws in
            #expect(
                try await eventually { try await delivery("o", of: "other").state == .delivered })
            #expect(await eventually { begun() == WebhookDispatcher.perTenantMax })
        }
        #expect(begun() == WebhookDispatcher.perTenantMax)
    }

    @Test func `what a process leaves on its way the next one delivers, under the same id`()
        async throws
    {
        sender.hang("hook")
        try await enqueue("a")
        try await delivering { (_) async throws in
            #expect(await eventually { sender.ids() == ["a"] })
        }
        // Cut off is not failed.
        #expect(try await delivery("a").attemptCount == 0)
        let next = Sender()
        let reopened = try Self.open(folder)
        let dispatcher = WebhookDispatcher(
            reopened, next, time: time, logger: Logger(sink: MemorySink()))
        let task = Task { await dispatcher.run() }
        #expect(await eventually { next.ids() == ["a"] })
        #expect(try await eventually { try await delivery("a").state == .delivered })
        task.cancel()
        await task.value
    }

    @Test func `a receiver that is gone is disabled and told nothing more`() async throws {
        sender.answer("hook", AttemptOutcome(status: 410, failure: "HTTP 410", isGone: true))
        try await enqueue("a")
        try await delivering { (_) async throws in
            let isDisabled = try await eventually {
                try await store.webhook(WebhookID("hook"), in: .everything)?.health.isEnabled
                    == false
            }
            #expect(isDisabled)
            for _ in 0..<100 { time.advance(by: .seconds(1)) }
        }
        let health = try await store.webhook(WebhookID("hook"), in: .everything)?.health
        #expect(health?.disabledReason?.contains("410") == true)
        #expect(sender.ids() == ["a"])
        #expect(log.lines.contains { $0.contains("webhook disabled") })
    }

    @Test func `a delivery that was given up is delivered again by hand`() async throws {
        sender.answer("hook", Self.failed)
        try await enqueue("a")
        try await delivering { (_) async throws in
            let isOver = try await eventually(moving: time, by: .seconds(120)) {
                try await delivery("a").state == .failed
            }
            #expect(isOver)
            sender.answer("hook", AttemptOutcome(status: 200))
            try await store.redeliver(DeliveryID("a"), of: WebhookID("hook"), at: time.now)
            #expect(try await become(.delivered, "a"))
        }
        #expect(Set(sender.ids()) == ["a"])
    }
}
