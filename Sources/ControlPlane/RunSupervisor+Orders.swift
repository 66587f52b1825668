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

    /// Stores what became of an order. One whose outcome cannot be stored stays open, and is looked
    /// into by the next process.
    func settle(
        _ order: TimelineMark?, _ result: TimelineEntry.Outcome.Result, _ detail: String = ""
    ) async {
        guard let order else { return }
        do {
            try await store.settle(order, .init(result, detail, at: time.now))
        } catch {
            logger.error("outcome not stored", ["cause": .string("\(error)")])
        }
    }

    /// Stores what was seen. A line that cannot be stored is missing from the story, and nothing
    /// else follows from that.
    func note(
        _ kind: TimelineEntry.Kind, _ detail: String = "", facts: [String: JSONValue] = [:]
    ) async {
        do {
            try await store.note(TimelineNote(kind, at: time.now, detail, facts: facts), of: id)
        } catch {
            logger.error(
                "timeline not stored",
                ["kind": .string(kind.rawValue), "cause": .string("\(error)")])
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
