import Foundation
import Logging

/// Delivers what waits in the outbox: at least once, and of one thing in its order.
///
/// It works on the tasks that requests use, with connections and threads of its own: whatever
/// receivers do, no run is supervised later for it. A process that ends leaves what it was just
/// delivering in the outbox, and the next one delivers it again under the same id.
package actor WebhookDispatcher {
    /// A receiver has done its work later than it answers, or is broken.
    package static let attemptMax = Duration.seconds(10)
    /// A mail server may look up the sender and wait on purpose before it greets.
    package static let mailAttemptMax = Duration.seconds(30)
    /// Attempts under way: of each webhook one, and so many that receivers which hang keep no
    /// other tenant's from their turn for longer than their time.
    package static let atOnceMax = 32
    package static let perTenantMax = 4
    /// More than can be under way, so that one tenant's do not hide another's.
    private static let dueMax = 200
    /// How exactly repetitions keep their time.
    private static let tickInterval = Duration.seconds(1)
    private static let figuresInterval = Duration.seconds(15)
    /// Before a store that failed is asked again.
    private static let storePause = Duration.seconds(5)

    private let store: any WebhookStore
    private let sender: any NoticeSender
    private let time: any TimeSource
    private let logger: Logger
    package nonisolated let meters = WebhookMeters()
    /// The tenants of webhooks that are told something just now.
    private var busy: [WebhookID: String] = [:]
    private var nextDue: Date?

    package init(
        _ store: any WebhookStore, _ sender: any NoticeSender, time: any TimeSource, logger: Logger
    ) {
        self.store = store
        self.sender = sender
        self.time = time
        self.logger = logger
    }

    /// Delivers until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            group.addTask { await self.gatherFigures() }
            store.outboxBell.ring()
            for await _ in store.outboxBell.rings {
                for due in await takeDue() {
                    group.addTask { await self.deliver(due) }
                }
            }
            group.cancelAll()
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            do { try await time.sleep(for: Self.tickInterval) } catch { return }
            if let due = nextDue, due <= time.now { store.outboxBell.ring() }
        }
    }

    private func gatherFigures() async {
        while !Task.isCancelled {
            // A store that does not answer is told of elsewhere; the figures stay as they were.
            if let figures = try? await store.webhookFigures() { meters.replace(figures) }
            do { try await time.sleep(for: Self.figuresInterval) } catch { return }
        }
    }

    // MARK: What is due

    private func takeDue() async -> [DueDelivery] {
        guard busy.count < Self.atOnceMax else { return [] }
        do throws(ControlPlaneError) {
            let found = try await store.dueDeliveries(
                at: time.now, except: Set(busy.keys), limit: Self.dueMax)
            let taken = found.filter(take)
            nextDue = try await store.nextDelivery(except: Set(busy.keys))
            return taken
        } catch {
            // The store itself says what is wrong with it.
            nextDue = time.now.addingTimeInterval(Self.storePause / .seconds(1))
            return []
        }
    }

    /// - Returns: whether there is room for it now.
    private func take(_ due: DueDelivery) -> Bool {
        let (id, tenant) = (due.webhook.id, due.webhook.tenantID)
        guard busy.count < Self.atOnceMax, busy[id] == nil,
            busy.values.count(where: { $0 == tenant }) < Self.perTenantMax
        else { return false }
        busy[id] = tenant
        return true
    }

    // MARK: One delivery

    private func deliver(_ due: DueDelivery) async {
        let (began, at) = (time.uptime, time.now)
        let outcome = await attempt(due)
        // What was cut off by the end of the process is not known to have failed.
        guard !Task.isCancelled else { return }
        let attempt = Attempt(
            at: at, duration: time.uptime - began, status: outcome.status,
            failure: outcome.failure, excerpt: outcome.excerpt)
        var nextAt: Date?
        if outcome.failure != nil {
            nextAt = RetrySchedule.next(
                after: due.delivery.tries + 1, queuedAt: due.delivery.queuedAt, at: time.now,
                retryAfter: outcome.retryAfter)
        }
        meters.count(due.webhook.kind, attempt, isGivenUp: attempt.failure != nil && nextAt == nil)
        await keep(attempt, outcome, of: due, nextAt: nextAt)
        busy[due.webhook.id] = nil
        store.outboxBell.ring()
    }

    /// The outcome, or a failure when the receiver takes too long.
    private func attempt(_ due: DueDelivery) async -> AttemptOutcome {
        let (sender, time) = (sender, time)
        let limit = due.webhook.kind == .email ? Self.mailAttemptMax : Self.attemptMax
        return await withTaskGroup(of: AttemptOutcome?.self) { group in
            group.addTask { await sender.send(due) }
            group.addTask {
                // Cut short, the answer is there.
                try? await time.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            let first = await group.next() ?? nil
            let seconds = limit.components.seconds
            return first ?? AttemptOutcome(failure: "no answer within \(seconds) s")
        }
    }

    /// Stores what became of it, and tries until it can: otherwise the receiver would be told the
    /// same again and again, as long as the store can be read and not be written.
    private func keep(
        _ attempt: Attempt, _ outcome: AttemptOutcome, of due: DueDelivery, nextAt: Date?
    ) async {
        while !Task.isCancelled {
            do throws(ControlPlaneError) {
                let reason = try await store.record(
                    attempt, outcome, of: due.delivery.id, nextAt: nextAt)
                return log(attempt, of: due, nextAt: nextAt, disabledBy: reason)
            } catch {
                do { try await time.sleep(for: Self.storePause) } catch { return }
            }
        }
    }

    private func log(_ attempt: Attempt, of due: DueDelivery, nextAt: Date?, disabledBy: String?) {
        var fields: [String: LogValue] = [
            "webhookId": .string(due.webhook.id.text),
            "tenantId": .string(due.webhook.tenantID),
            "deliveryId": .string(due.delivery.id.text),
            "type": .string(due.delivery.notice.kind.rawValue),
            "kind": .string(due.webhook.kind.rawValue),
        ]
        guard let failure = attempt.failure else {
            return logger.debug("webhook delivered", fields)
        }
        fields["cause"] = .string(failure)
        fields["nextAt"] = nextAt.map { .string(Timestamp.format($0)) }
        if nextAt == nil {
            logger.warning("webhook delivery given up", fields)
        } else {
            logger.info("webhook delivery failed", fields)
        }
        guard let disabledBy else { return }
        fields["cause"] = .string(disabledBy)
        logger.warning("webhook disabled", fields)
    }
}
