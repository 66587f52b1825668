/// So many may be at work at the same time; the others wait their turn.
actor Slots {
    private var free: Int
    private var waiting: [(id: Int, turn: CheckedContinuation<Bool, Never>)] = []
    private var lastID = 0

    init(_ count: Int) { free = count }

    /// Returns whether there is a slot to leave again: a task that is cancelled while it waits gets
    /// none, and waits no longer.
    func enter() async -> Bool {
        guard free == 0 else {
            free -= 1
            return true
        }
        lastID += 1
        let id = lastID
        return await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                guard !Task.isCancelled else { return turn.resume(returning: false) }
                waiting.append((id, turn))
            }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    func leave() {
        guard !waiting.isEmpty else {
            free += 1
            return
        }
        waiting.removeFirst().turn.resume(returning: true)
    }

    private func giveUp(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).turn.resume(returning: false)
    }
}
