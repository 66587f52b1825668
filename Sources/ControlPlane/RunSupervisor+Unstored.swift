import Foundation
import Logging

/// What a store that fails has not taken of the run, and what is told of it meanwhile.
struct UnstoredStory: Sendable {
    /// Workers that come and go while the disk is full fill no memory either.
    static let notesMax = 200

    /// A line of the timeline, with what became of it if it is an order.
    struct Line: Sendable {
        let id: Int
        let note: TimelineNote
        var outcome: TimelineEntry.Outcome?
    }

    /// Why the store takes nothing; nil while it does.
    var problem: String?
    /// The run at each change of its state.
    private(set) var states: [Run] = []
    private(set) var lines: [Line] = []
    private var lastID = 0

    var isEmpty: Bool { states.isEmpty && lines.isEmpty }

    /// A run has some five states, so these are bounded by themselves.
    mutating func keep(_ run: Run) {
        guard states.last?.state != run.state else { return }
        states.append(run)
    }

    /// - Returns: a name for it; nil for one of too many.
    @discardableResult
    mutating func keep(_ note: TimelineNote) -> Int? {
        guard lines.count < Self.notesMax else { return nil }
        lastID += 1
        lines.append(Line(id: lastID, note: note))
        return lastID
    }

    mutating func settle(_ id: Int, _ outcome: TimelineEntry.Outcome) {
        guard let index = lines.firstIndex(where: { $0.id == id }) else { return }
        lines[index].outcome = outcome
    }

    /// Gives back the first line, which could not be stored after all.
    mutating func putBack(_ line: Line) { lines.insert(line, at: 0) }

    mutating func dropState(_ revision: Int) { states.removeAll { $0.revision <= revision } }
    mutating func dropLine(_ id: Int) { lines.removeAll { $0.id == id } }
}

extension RunSupervisor {
    /// Stores the run as it now is, unless that is stored already; and before it what the store
    /// has missed.
    func persist() async throws(ControlPlaneError) {
        while savedRevision < run.revision {
            var snapshot = run
            do throws(ControlPlaneError) {
                if snapshot.state.isOver {
                    // A verdict is on all that was observed.
                    if isToBeJudged { await observationsHaveArrived() }
                    // What was held back belongs to the run, and nobody comes back for it after
                    // its end.
                    try await storeHeld()
                    try await judge()
                    snapshot = run
                }
                try await storeMissed()
                // With the end, so that no crash comes between them.
                let final =
                    snapshot.state.isOver
                    ? numbers.finalMetrics(loadSeconds: snapshot.loadSeconds(at: time.now)) : nil
                try await store.save(snapshot, numbers: final)
            } catch {
                noteFailure(error, of: snapshot)
                throw error
            }
            savedRevision = max(savedRevision, snapshot.revision)
            unstored.dropState(savedRevision)
            unstored.problem = nil
            snapshot.crashPoint?.reach()
        }
    }

    private func noteFailure(_ error: ControlPlaneError, of snapshot: Run) {
        unstored.keep(snapshot)
        let kind =
            if case .store(let failure) = error { failure.kind.rawValue } else { "\(error)" }
        let problem = "the run cannot be stored now (\(kind)); it is looked after all the same"
        // The store itself tells what is wrong with it; here only whose run waits for it.
        if unstored.problem == nil { logger.error("run not stored", ["kind": .string(kind)]) }
        unstored.problem = problem
    }

    private func store(_ line: UnstoredStory.Line) async throws(ControlPlaneError) {
        guard let mark = try await store.note(line.note, of: id) else { return }
        // What becomes of it from now on is for the stored line.
        if case .kept(line.id) = stopOrder { stopOrder = .stored(mark) }
        await settle(mark, line.outcome)
    }

    /// Tells the store what it has missed, in the order in which it happened.
    private func storeMissed() async throws(ControlPlaneError) {
        for state in unstored.states where state.revision > savedRevision {
            guard state.revision < run.revision else { break }
            try await store.save(state, numbers: nil)
            unstored.dropState(state.revision)
        }
        for line in unstored.lines {
            // Taken out first: whoever comes here at the same time must not store it again.
            guard unstored.lines.contains(where: { $0.id == line.id }) else { continue }
            unstored.dropLine(line.id)
            do throws(ControlPlaneError) {
                try await store(line)
            } catch {
                unstored.putBack(line)
                throw error
            }
        }
    }
}
