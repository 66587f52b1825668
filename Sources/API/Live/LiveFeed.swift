import ControlPlane
import Foundation
import HTTP
import HTTPServer
import JSON
import Logging

/// Tells those who watch what happens, each event encoded once. What is stored is told; nothing
/// that tells of it, and no run, ever waits for a reader.
package actor LiveFeed {
    /// Streams of one caller: a team that shares a token, each with a page or two.
    static let streamsOfCallerMax = 64
    /// Of one tenant, however many tokens it makes: half of them are left to the others.
    static let streamsOfTenantMax = ServerLimits.streamsMax / 2
    /// Runs that are known to have ended: nobody tells of them once more because of an old event.
    private static let endedMax = 1_024

    /// One open stream.
    struct Reader {
        let caller: String
        /// Nil for one of the whole service.
        let tenantID: String?
        let watch: LiveEvents.Watch
        let watchNumber: Int
        let body: StreamedBody
        /// Whether its caller would be let in now, and as the same.
        let isLetIn: @Sendable () -> Bool
        /// Whether events are given to it; not behind its end.
        var isFollowing = true
    }

    /// What is known of a run that is not over.
    struct Track {
        let environment: EnvironmentKey
        /// Nil before its first observation.
        var steps: LiveSteps?
        /// The last line of its timeline that was told.
        var lineNumber: Int
    }

    let events: LiveEvents
    let orchestrator: Orchestrator
    let history: any RunHistory & RunStore
    let time: any TimeSource
    let logger: Logger
    /// What was there before is not told line by line.
    let startedAt: Date
    let boot: String
    var ring = LiveRing()
    var readers: [Int: Reader] = [:]
    var tracks: [RunID: Track] = [:]
    /// Runs whose news could not be read from the store.
    var unread: Set<RunID> = []
    /// Runs whose end was told, the newest last.
    private(set) var ended: [RunID] = []
    /// The clusters as each watch was shown them last, by id.
    var shownClusters: [LiveEvents.Watch: [String: JSONValue]] = [:]
    private var lastReader = 0
    /// Of streams that are about to be opened.
    private var opening: [Opening] = []

    private struct Opening: Equatable {
        let caller: String
        let tenantID: String?
    }

    init(
        _ events: LiveEvents, orchestrator: Orchestrator, history: any RunHistory & RunStore,
        time: any TimeSource, logger: Logger
    ) {
        self.events = events
        self.orchestrator = orchestrator
        self.history = history
        self.time = time
        self.logger = logger
        startedAt = time.now
        boot = String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Tells of news until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keepPulse() }
            group.addTask { await self.watchClusters() }
            for await _ in events.news { await takeNews() }
            group.cancelAll()
        }
    }

    /// Where whoever has been told everything is.
    var position: LivePosition { LivePosition(boot: boot, number: ring.last) }

    // MARK: Readers

    /// A stream of what happens from now on, or since the event that the reader has seen last.
    func open(_ watch: LiveEvents.Watch, for call: Call) async throws(Problem) -> StreamedBody {
        let own = Opening(
            caller: call.principal.identity, tenantID: call.principal.scope.tenantID)
        try checkPlaces(for: own)
        opening.append(own)
        defer { opening.remove(at: opening.firstIndex(of: own) ?? 0) }
        // Before the run is read: what happens meanwhile is told behind it, and perhaps again.
        let now = ring.last
        let shown = try await shownRun(of: watch)
        let (position, missed, reason) = place(
            of: call.request.headers["Last-Event-ID"], orElse: now)
        var beginning = LiveFrame.retry
        if let shown { beginning += LiveFrame.bytes("run", shown.json, at: position) }
        if let reason { beginning += LiveFrame.reset(reason, at: position) }
        lastReader += 1
        let number = lastReader
        // However large the definition of the run is, there is room for what comes behind it.
        let body = StreamedBody(
            bytesMax: beginning.count + ServerLimits.streamBytesMax, farewell: LiveFrame.dropped
        ) { [weak self] in
            guard let self else { return }
            Task { await self.close(number) }
        }
        readers[number] = Reader(
            caller: own.caller, tenantID: own.tenantID, watch: watch,
            watchNumber: events.beginWatch(watch), body: body,
            isLetIn: Self.check(call))
        body.offer(beginning)
        for entry in missed { deliver(entry, to: number) }
        // What has become of it while nobody knew the place is read at the next pulse.
        if reason != nil, case .run(let id) = watch { unread.insert(id) }
        if let run = shown?.run, run.state.isOver, tracks[run.id] == nil {
            endAtOnce(number, run)
        }
        return body
    }

    /// Where a reader goes on, what it has missed since, and why that is not all.
    private func place(of id: String?, orElse now: Int)
        -> (LivePosition, ArraySlice<LiveEntry>, String?)
    {
        let known = id.map { LivePosition($0) }
        let isOurs = known.map { $0?.boot == boot } ?? true
        let number = known??.number ?? now
        if isOurs, let missed = ring.entries(after: number) {
            return (LivePosition(boot: boot, number: number), missed, nil)
        }
        let reason =
            isOurs
            ? "too much has happened since that event"
            : "that event is not of this process of the service"
        // What happened while the run was read is told behind it.
        if let missed = ring.entries(after: now) {
            return (LivePosition(boot: boot, number: now), missed, reason)
        }
        return (position, [], reason)
    }

    func noteEnd(of run: RunID) {
        guard !ended.contains(run) else { return }
        ended.append(run)
        if ended.count > Self.endedMax { ended.removeFirst() }
    }

    /// The run was over before anybody could be told of it here.
    private func endAtOnce(_ number: Int, _ run: Run) {
        guard let reader = readers[number], reader.isFollowing else { return }
        reader.body.offer(LiveFrame.bytes("end", run.liveEnd, at: position))
        finish(number)
    }

    /// Frees the place of a stream that is over.
    private func close(_ number: Int) {
        guard let reader = readers.removeValue(forKey: number) else { return }
        events.endWatch(reader.watchNumber)
    }

    private func checkPlaces(for new: Opening) throws(Problem) {
        let headers: HeaderFields = [
            "Retry-After": "\(Int.random(in: Admission.retryAfterSeconds))"
        ]
        let own =
            readers.values.count { $0.caller == new.caller }
            + opening.count { $0.caller == new.caller }
        guard own < Self.streamsOfCallerMax else {
            throw Problem(
                .tooManyRequests,
                detail: "\(own) streams of this caller are open, more are not taken",
                headers: headers)
        }
        if let tenantID = new.tenantID {
            let ofTenant =
                readers.values.count { $0.tenantID == tenantID }
                + opening.count { $0.tenantID == tenantID }
            guard ofTenant < Self.streamsOfTenantMax else {
                throw Problem(
                    .tooManyRequests,
                    detail: "\(ofTenant) streams of this tenant are open, more are not taken",
                    headers: headers)
            }
        }
        guard readers.count + opening.count < ServerLimits.streamsMax else {
            throw Problem(
                .overloaded, detail: "\(readers.count) streams are open, more cannot be served",
                headers: headers)
        }
    }

    private static func check(_ call: Call) -> @Sendable () -> Bool {
        let (services, principal, request) = (call.services, call.principal, call.request)
        return { services.principal(of: request) == principal }
    }

    private func shownRun(of watch: LiveEvents.Watch) async throws(Problem)
        -> (run: Run, json: JSONValue)?
    {
        guard case .run(let id) = watch else { return nil }
        do throws(ControlPlaneError) {
            guard let record = try await history.run(id, in: .everything) else {
                throw .unknownRun(id)
            }
            return (record.run, await RunHandlers.shown(record, orchestrator))
        } catch {
            throw Problem(error)
        }
    }

    // MARK: Telling

    /// Numbers an event and tells it to all whom it concerns.
    func tell(
        _ audience: LiveEntry.Audience, narrow: (String, JSONValue)? = nil,
        wide: (String, JSONValue)? = nil, isEnd: Bool = false
    ) {
        let number = ring.last + 1
        let position = LivePosition(boot: boot, number: number)
        let entry = LiveEntry(
            number: number, audience: audience,
            narrow: narrow.map { LiveFrame.bytes($0.0, $0.1, at: position) },
            wide: wide.map { LiveFrame.bytes($0.0, $0.1, at: position) }, isEnd: isEnd)
        ring.append(entry)
        for number in readers.keys { deliver(entry, to: number) }
    }

    private func deliver(_ entry: LiveEntry, to number: Int) {
        guard let reader = readers[number], reader.isFollowing,
            let frame = entry.frame(for: reader.watch)
        else { return }
        switch reader.body.offer(frame) {
        case .taken:
            if entry.isEnd, case .run = reader.watch { finish(number) }
        case .full:
            readers[number]?.isFollowing = false
            logger.info("slow reader of events let go", ["by": .string(reader.caller)])
        case .over:
            readers[number]?.isFollowing = false
        }
    }

    /// Ends a stream behind what it was given.
    func finish(_ number: Int) {
        readers[number]?.isFollowing = false
        readers[number]?.body.finish()
    }
}
