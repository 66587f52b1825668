import Foundation

/// A store that tells what it has stored. So nobody who watches is told what a crash could take
/// back, and all are told what the history says.
struct WatchedStore: RunStore {
    let base: any RunStore
    let live: LiveEvents

    func insert(_ run: Run, room: Room) async throws(ControlPlaneError) {
        try await base.insert(run, room: room)
        live.publish(.run(run.id))
    }

    func enqueue(_ run: Run) async throws(ControlPlaneError) {
        try await base.enqueue(run)
        live.publish(.run(run.id))
    }

    func admit(_ run: Run, room: Room) async throws(ControlPlaneError) {
        try await base.admit(run, room: room)
        live.publish(.run(run.id))
    }

    func save(_ run: Run, numbers: LastMetrics?) async throws(ControlPlaneError) {
        try await base.save(run, numbers: numbers)
        live.publish(.run(run.id))
    }

    func append(_ observation: Observation, to run: RunID, numbers: LastMetrics?)
        async throws(ControlPlaneError)
    {
        try await base.append(observation, to: run, numbers: numbers)
        live.publish(.observation(run, observation, numbers))
    }

    func setNumbers(_ numbers: LastMetrics, of run: RunID) async throws(ControlPlaneError) {
        try await base.setNumbers(numbers, of: run)
        live.publish(.numbers(run, numbers))
    }

    @discardableResult
    func note(_ note: TimelineNote, of run: RunID) async throws(ControlPlaneError) -> TimelineMark?
    {
        let mark = try await base.note(note, of: run)
        if let mark { live.publish(.timeline(run, number: mark.number)) }
        return mark
    }

    func settle(_ order: TimelineMark, _ outcome: TimelineEntry.Outcome)
        async throws(ControlPlaneError)
    {
        try await base.settle(order, outcome)
        live.publish(.timeline(order.run, number: order.number))
    }
}

/// What changes nothing that is watched.
extension WatchedStore {
    func runs(_ query: RunQuery) async throws(ControlPlaneError) -> Page<RunRecord> {
        try await base.runs(query)
    }

    func insert(_ stop: EmergencyStop) async throws(ControlPlaneError) {
        try await base.insert(stop)
    }

    func lift(_ id: String, at now: Date, by actor: String) async throws(ControlPlaneError) {
        try await base.lift(id, at: now, by: actor)
    }

    func emergencyStops() async throws(ControlPlaneError) -> [EmergencyStop] {
        try await base.emergencyStops()
    }

    func runsAwaitingApproval() async throws(ControlPlaneError) -> [Run] {
        try await base.runsAwaitingApproval()
    }

    func queuedRuns() async throws(ControlPlaneError) -> [Run] { try await base.queuedRuns() }

    func usage(at now: Date) async throws(ControlPlaneError) -> Usage {
        try await base.usage(at: now)
    }

    func reserve(_ users: Int, for run: RunID, room: Room) async throws(ControlPlaneError) {
        try await base.reserve(users, for: run, room: room)
    }

    func run(_ id: RunID, in scope: Scope) async throws(ControlPlaneError) -> RunRecord? {
        try await base.run(id, in: scope)
    }

    func liveRuns() async throws(ControlPlaneError) -> [Run] { try await base.liveRuns() }

    func totals(of run: RunID) async throws(ControlPlaneError) -> [Observation] {
        try await base.totals(of: run)
    }

    func endpoints(of run: RunID) async throws(ControlPlaneError) -> [Endpoint] {
        try await base.endpoints(of: run)
    }

    func busiestEndpoints(of run: RunID, _ most: Int) async throws(ControlPlaneError)
        -> [Endpoint]
    {
        try await base.busiestEndpoints(of: run, most)
    }

    func samples(of run: RunID, endpoint: Endpoint?) async throws(ControlPlaneError)
        -> [TimedSample]
    {
        try await base.samples(of: run, endpoint: endpoint)
    }

    func engineEvidence(of run: RunID) async throws(ControlPlaneError) -> EngineEvidence? {
        try await base.engineEvidence(of: run)
    }

    func generatorIntervals(of run: RunID) async throws(ControlPlaneError)
        -> [TimedGeneratorInterval]
    {
        try await base.generatorIntervals(of: run)
    }

    func timeline(of run: RunID, _ page: PageRequest) async throws(ControlPlaneError)
        -> Page<TimelineEntry>
    {
        try await base.timeline(of: run, page)
    }

    func landmarks(of run: RunID) async throws(ControlPlaneError) -> [TimelineEntry] {
        try await base.landmarks(of: run)
    }
}
