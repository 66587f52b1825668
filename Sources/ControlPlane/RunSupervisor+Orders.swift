import JSON
import Logging

/// What is told of the run in its timeline: orders before they are given, and what was seen.
extension RunSupervisor {
    /// Stores an order before it is given.
    func intend(
        _ kind: TimelineEntry.Kind, _ detail: String = "", facts: [String: JSONValue] = [:]
    ) async throws(ControlPlaneError) -> TimelineMark? {
        try await store.note(TimelineNote(kind, at: time.now, detail, facts: facts), of: id)
    }

    /// Stores an order that is given whether it can be stored or not.
    func intendAnyway(_ kind: TimelineEntry.Kind, _ detail: String) async -> OrderMark? {
        let note = TimelineNote(kind, at: time.now, detail)
        do {
            return try await store.note(note, of: id).map { .stored($0) }
        } catch {
            return unstored.keep(note).map { .kept($0) }
        }
    }

    func settle(
        _ order: OrderMark?, _ result: TimelineEntry.Outcome.Result, _ detail: String = ""
    ) async {
        switch order {
        case .stored(let mark): await settle(mark, result, detail)
        case .kept(let id): unstored.settle(id, .init(result, detail, at: time.now))
        case nil: break
        }
    }

    func settle(
        _ order: TimelineMark?, _ result: TimelineEntry.Outcome.Result, _ detail: String = ""
    ) async {
        guard let order else { return }
        await settle(order, .init(result, detail, at: time.now))
    }

    /// Stores what became of an order. One whose outcome cannot be stored stays open, and is looked
    /// into by the next process.
    func settle(_ order: TimelineMark, _ outcome: TimelineEntry.Outcome?) async {
        guard let outcome else { return }
        do {
            try await store.settle(order, outcome)
        } catch {
            logger.error("outcome not stored", ["order": .int(order.number)])
        }
    }

    /// Stores what was seen, later if the store does not take it now.
    func note(
        _ kind: TimelineEntry.Kind, _ detail: String = "", facts: [String: JSONValue] = [:]
    ) async {
        let note = TimelineNote(kind, at: time.now, detail, facts: facts)
        do {
            try await store.note(note, of: id)
        } catch {
            unstored.keep(note)
        }
    }

    /// Gives the store a moment to take something that comes before a stop, which no store that
    /// hangs or fails may hold up. What takes longer goes on by itself.
    func briefly(_ work: @escaping @Sendable (isolated RunSupervisor) async -> Void) async {
        let (ends, end) = AsyncStream<Void>.makeStream()
        Task(executorPreference: executor) {
            await work(self)
            end.finish()
        }
        let patience = Task(executorPreference: executor) {
            // Cut short, nobody waits any more.
            try? await self.time.sleep(for: self.settings.stopWaitsForStore)
            end.finish()
        }
        for await _ in ends {}
        patience.cancel()
    }
}

/// An order to the cluster, in the store or on its way there.
enum OrderMark: Sendable {
    case stored(TimelineMark)
    /// In `UnstoredStory`.
    case kept(Int)
}
