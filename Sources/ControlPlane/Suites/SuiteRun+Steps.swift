import Foundation

/// Where a run stands in its suite.
package struct SuitePlace: Hashable, Sendable {
    package let step: Int
    package let index: Int

    package init(_ step: Int, _ index: Int) {
        self.step = step
        self.index = index
    }
}

extension SuiteRun {
    /// What somebody has to do about a suite now.
    package enum Order: Equatable, Sendable {
        case start(SuitePlace)
        case stop(RunID)
        case end
    }

    /// All that is to be done now; nothing while runs are waited for.
    package func orders() -> [Order] {
        guard state != .finished else { return [] }
        for (step, items) in progress.items.enumerated() {
            if items.allSatisfy(\.isDone) {
                let fails = spec.onFailure == .stop && items.contains(where: \.hasFailed)
                if fails || state == .stopping { return [.end] }
                continue
            }
            if state == .stopping {
                let live = items.filter { $0.state == .started && !$0.isDone }
                return live.isEmpty
                    ? [.end]
                    : live.filter { $0.runState != .stopping }.map { .stop(RunID($0.runID)) }
            }
            return items.indices.filter { items[$0].state == .pending }
                .map { .start(SuitePlace(step, $0)) }
        }
        return [.end]
    }

    package subscript(place: SuitePlace) -> Item {
        get { progress.items[place.step][place.index] }
        set { progress.items[place.step][place.index] = newValue }
    }

    /// Those of which there may be news.
    package var openPlaces: [SuitePlace] {
        for (step, items) in progress.items.enumerated() where !items.allSatisfy(\.isDone) {
            return items.indices.filter { !items[$0].isDone }.map { SuitePlace(step, $0) }
        }
        return []
    }

    /// Ends it, with its one verdict: `passed` when all have passed, `failed` when one has failed,
    /// `inconclusive` otherwise.
    package mutating func end(at now: Date) {
        for step in progress.items.indices {
            for index in progress.items[step].indices
            where progress.items[step][index].state == .pending {
                progress.items[step][index].state = .notStarted
            }
        }
        progress.endedAt = now
        let items = progress.items.flatMap { $0 }
        if let failed = items.first(where: { $0.verdict == .failed }) {
            progress.verdict = .failed
            progress.verdictReason = "\(failed.shownName): \(failed.verdictReason ?? "it failed")"
        } else if let open = items.first(where: { $0.verdict != .passed }) {
            progress.verdict = .inconclusive
            progress.verdictReason = "\(open.shownName): \(reason(of: open))"
        } else {
            progress.verdict = .passed
        }
    }

    /// Why a run has not passed that has not failed.
    private func reason(of item: Item) -> String {
        switch item.state {
        case .refused: return "not started: \(item.detail ?? "refused")"
        case .pending, .notStarted:
            guard let actor = progress.stopRequestedBy else { return "not started" }
            return "not started: \(actor) has stopped the suite"
        case .started:
            if let reason = item.verdictReason { return reason }
            return item.runState == .failed
                ? "the run has failed: \(item.detail ?? "for no known reason")"
                : "the run has no thresholds to be judged by"
        }
    }
}

extension SuiteRun.Item {
    /// Whether nothing comes of it any more.
    package var isDone: Bool {
        switch state {
        case .pending: false
        case .started: runState?.isOver ?? false
        case .refused, .notStarted: true
        }
    }

    /// Whether those behind it are not to be started, where that matters.
    var hasFailed: Bool { state == .refused || verdict == .failed || runState == .failed }

    var shownName: String { name.map { "\($0) (\(runID))" } ?? "load test \(loadTestID)" }

    /// Takes over what is stored of the run.
    package mutating func take(_ run: RunOutcome) {
        state = .started
        name = run.name
        runState = run.state
        verdict = run.verdict
        verdictReason = run.verdictReason
        detail = run.endDetail
    }

    /// The run was deleted meanwhile.
    package mutating func lose() {
        runState = runState.map { $0.isOver ? $0 : .failed } ?? .failed
        detail = detail ?? "the run is not stored any more"
    }
}
