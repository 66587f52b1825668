import ControlPlane

extension MemoryRunStore {
    @discardableResult
    func note(_ note: TimelineNote, of run: RunID) async throws(ControlPlaneError)
        -> TimelineMark?
    {
        if note.kind.isOrder { await hold(while: \.holdsOrders) }
        return try state.withLock { state throws(ControlPlaneError) in
            if note.kind.isOrder { try Self.fail(&state.ordersToFail, state.failure) }
            let number = (state.timelines[run]?.count ?? 0) + 1
            state.timelines[run, default: []].append(
                TimelineEntry(
                    number: number, at: note.at, kind: note.kind, detail: note.detail,
                    facts: note.facts))
            return TimelineMark(run: run, number: number)
        }
    }

    func settle(_ order: TimelineMark, _ outcome: TimelineEntry.Outcome)
        async throws(ControlPlaneError)
    {
        await hold(while: \.holdsOutcomes)
        state.withLock { state in
            guard let entry = state.timelines[order.run]?[order.number - 1] else { return }
            state.timelines[order.run]?[order.number - 1] = TimelineEntry(
                number: entry.number, at: entry.at, kind: entry.kind, detail: entry.detail,
                facts: entry.facts, outcome: outcome)
        }
    }

    func timeline(of run: RunID, _ page: PageRequest) async throws(ControlPlaneError)
        -> Page<TimelineEntry>
    {
        Page(items: timeline(of: run), next: nil)
    }

    func landmarks(of run: RunID) async throws(ControlPlaneError) -> [TimelineEntry] {
        let landmarks = timeline(of: run).filter(\.kind.isLandmark)
        return Dictionary(grouping: landmarks, by: \.kind).compactMap { $0.value.last }
            .sorted { $0.number < $1.number }
    }

    func timeline(of run: RunID) -> [TimelineEntry] { state.withLock { $0.timelines[run] ?? [] } }
}
