import ControlPlane
import Foundation
import HTTP
import JSON

enum RunHandlers {
    /// `metadata` as it may be written out, with room for escapes.
    static let startBodyBytesMax = 131_072
    /// Two numbers.
    static let usersBodyBytesMax = 4_096

    static func start(_ call: Call) async throws(Problem) -> Response {
        let test = try await LoadTestHandlers.find(call)
        try call.checkVersion(test.version)
        let spec = try await Definitions.spec(of: test.spec, for: call)
        let plan = try await Definitions.plan(from: call, defaults: spec)
        try Definitions.checkScenario(of: spec, for: plan, call)
        return try await start(spec, test.id, plan, call, under: "/v1/runs")
    }

    static func startAdHoc(_ call: Call) async throws(Problem) -> Response {
        let spec = try await Definitions.spec(from: call, .ofRun)
        let plan = try await Definitions.plan(from: call, defaults: spec)
        return try await start(spec, nil, plan, call, under: "/v1/tests")
    }

    private static func start(
        _ spec: LoadTestSpec, _ test: LoadTestID?, _ plan: RunPlan, _ call: Call, under path: String
    ) async throws(Problem) -> Response {
        var request = RunRequest(
            id: RunID(call.newID), loadTestID: test, spec: spec, plan: plan,
            claimedCreatedBy: call["createdBy"]?.text, requester: call.principal.identity)
        (request.whenBusy, request.queueTimeout) = try waiting(call)
        let asked = request
        let run = try await call.perform { () async throws(ControlPlaneError) in
            try await showingOwn(call) { () async throws(ControlPlaneError) in
                try await call.services.orchestrator.start(asked, by: call.principal.name)
            }
        }
        return accepted(run, under: path)
    }

    private static func accepted(_ run: Run, under path: String) -> Response {
        .json(
            202, RunRecord(run: run, lastMetrics: nil).json(run.firstPlace),
            headers: ["Location": "\(path)/\(run.id)"])
    }

    private static func waiting(_ call: Call) throws(Problem) -> (WhenBusy, Duration?) {
        let whenBusy = call["whenBusy"]?.text.flatMap(WhenBusy.init) ?? .refuse
        let timeout = call["queueTimeoutSeconds"]?.seconds
        guard whenBusy == .queue || timeout == nil else {
            throw .invalid([
                FieldError(pointer: "/queueTimeoutSeconds", message: "needs whenBusy: queue")
            ])
        }
        return (whenBusy, timeout.map { .seconds($0) })
    }

    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        try await recall(call, id, under: "/v1/runs")
    }

    static func recallAdHoc(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        try await recall(call, id, under: "/v1/tests")
    }

    private static func recall(_ call: Call, _ id: String, under path: String)
        async throws(Problem) -> Response?
    {
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.run(RunID(id), in: call.scope)
        }
        return found.map { accepted($0.run.asAccepted, under: path) }
    }

    /// Takes out of a refusal what the caller must not see: on a shared cluster, and on a target,
    /// another tenant's runs may be in the way, and in a tenant those of another environment.
    static func showingOwn<T>(
        _ call: Call, _ work: () async throws(ControlPlaneError) -> T
    ) async throws(ControlPlaneError) -> T {
        do throws(ControlPlaneError) {
            return try await work()
        } catch {
            guard call.scope != .everything else { throw error }
            switch error {
            case .clusterBusy(let clusters):
                let own = try await visible(clusters.flatMap(\.runs), call)
                throw .clusterBusy(clusters.map { $0.showing(Set(own.keys)) })
            case .limitReached(let breaches):
                let own = try await visible(breaches.uniqueRuns, call)
                throw .limitReached(breaches.map { $0.showing(Set(own.keys)) })
            case .loadTestInUse(let runs):
                let own = try await visible(runs, call)
                throw .loadTestInUse(runs.filter { own[$0] != nil })
            default: throw error
            }
        }
    }

    /// Those of `runs` that the caller can see.
    static func visible(_ runs: [RunID], _ call: Call) async throws(ControlPlaneError)
        -> [RunID: Run]
    {
        try await visible(runs, in: call.scope, call.services.history)
    }

    static func visible(_ runs: [RunID], in scope: Scope, _ history: any RunStore)
        async throws(ControlPlaneError) -> [RunID: Run]
    {
        var visible: [RunID: Run] = [:]
        for id in runs { visible[id] = try await history.run(id, in: scope)?.run }
        return visible
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        try await list(call, of: call.query("loadTestId").map(LoadTestID.init))
    }

    /// The runs of a deleted definition stay readable, so the definition is not asked for.
    static func listOfLoadTest(_ call: Call) async throws(Problem) -> Response {
        try await list(call, of: LoadTestID(call.parameter("id")))
    }

    private static func list(_ call: Call, of test: LoadTestID?) async throws(Problem) -> Response {
        var query = RunQuery(scope: call.scope, page: try Pages.request(call))
        query.tenantID = call.query("tenantId")
        query.envID = call.query("envId")
        query.tags = call.queries("tag")
        query.states = (call.query("status") ?? "").split(separator: ",").compactMap {
            RunState(rawValue: String($0))
        }
        query.verdicts = (call.query("verdict") ?? "").split(separator: ",").compactMap {
            Verdict.Result(rawValue: String($0))
        }
        query.loadTestID = test
        guard let labels = LabelText.read(call.queries("label")) else {
            // No run has two values of one label.
            return Pages.response(Page<RunRecord>(items: [], next: nil), call) { $0.json() }
        }
        query.labels = labels
        query.createdBy = call.query("createdBy")
        query.startedAfter = call.query("startedAfter").flatMap(Timestamp.parse)
        query.startedBefore = call.query("startedBefore").flatMap(Timestamp.parse)
        query.text = call.query("q")
        if let sort: Sort<RunQuery.SortField> = Pages.sort(call) { query.sort = sort }
        let wanted = query
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.runs(wanted)
        }
        let places = await call.services.orchestrator.queuePlaces(
            of: page.items.filter { $0.run.state == .queued }.map(\.run.id))
        return Pages.response(page, call) { $0.json(places[$0.run.id]) }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        .json(200, await shown(try await find(call), call.services.orchestrator))
    }

    /// A stored run with what only those know who look after it.
    static func shown(_ record: RunRecord, _ orchestrator: Orchestrator) async -> JSONValue {
        var record = record
        let (id, state) = (record.run.id, record.run.state)
        if state == .queued { return record.json(await orchestrator.queuePlaces(of: [id])[id]) }
        if !state.isOver, let problem = await orchestrator.storeProblem(of: id) {
            record.run.showProblem(problem)
        }
        return record.json()
    }

    static func stop(_ call: Call) async throws(Problem) -> Response {
        let id = RunID(call.parameter("id"))
        let run = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.orchestrator.stop(
                id, in: call.scope, by: call.principal.name)
        }
        AuditDraft.current?.describe(
            AuditChange("run.stop", of: .run(run), after: run.progress.audited))
        let numbers = try await find(call).lastMetrics
        return .json(
            run.state.isOver ? 200 : 202, RunRecord(run: run, lastMetrics: numbers).json())
    }

    static func changeUsers(_ call: Call) async throws(Problem) -> Response {
        let run = try await find(call).run
        let users = call["targetUsers"]?.integer ?? run.targetUsers
        let changed = try await call.perform { () async throws(ControlPlaneError) in
            try await showingOwn(call) { () async throws(ControlPlaneError) in
                try await call.services.orchestrator.changeUsers(
                    of: run.id, to: users, spawnRate: call["spawnRate"]?.number, in: call.scope,
                    by: call.principal.name)
            }
        }
        let numbers = try await find(call).lastMetrics
        return .json(202, RunRecord(run: changed, lastMetrics: numbers).json())
    }

    static func find(_ call: Call) async throws(Problem) -> RunRecord {
        let id = RunID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.run(id, in: call.scope)
        }
        guard let found else { throw .notFound("run \(id)") }
        return found
    }
}
