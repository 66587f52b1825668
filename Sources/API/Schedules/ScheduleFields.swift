import ControlPlane
import Foundation
import JSON

/// Bodies into schedules: what their shape alone cannot tell is checked here.
enum ScheduleFields {
    static func spec(from call: Call) async throws(Problem) -> ScheduleSpec {
        var spec = ScheduleSpec(
            name: call["name"]?.text ?? "", tenantId: call["tenantId"]?.text ?? "",
            envId: call["envId"]?.text ?? "")
        spec.description = call["description"]?.text ?? ""
        spec.isEnabled = call["enabled"]?.bool ?? true
        spec.labels = BaselineFields.labels(call["labels"])
        spec.overlap = call["overlap"]?.text.flatMap(ScheduleSpec.Overlap.init) ?? .skip
        var timing = TimingFields(mark: "/") { call[$0] }
        timing.read(into: &spec)
        let catalog = await call.services.orchestrator.currentCatalog
        var faults = Definitions.placeFaults(in: call.body, catalog, call.scope)
        let isPlaced = faults.isEmpty
        faults += timing.faults + catchUpFaults(call, &spec) + runFaults(call, &spec)
        // Of a place that is not the caller's, nothing is looked up.
        if isPlaced { faults += try await subjectFaults(call, &spec, catalog) }
        guard faults.isEmpty else { throw .invalid(faults) }
        return spec
    }

    private static func catchUpFaults(_ call: Call, _ spec: inout ScheduleSpec) -> [FieldError] {
        spec.catchUp = call["catchUp"]?.text.flatMap(ScheduleSpec.CatchUpPolicy.init) ?? .none
        if let most = call["catchUpMax"]?.integer { spec.catchUpMax = most }
        if let age = call["catchUpAgeSeconds"]?.seconds { spec.catchUpSeconds = age }
        guard spec.catchUp != .all else { return [] }
        return ["catchUpMax", "catchUpAgeSeconds"].filter { call[$0] != nil }.map {
            FieldError(pointer: "/\($0)", message: "goes with catchUp: all")
        }
    }

    private static func runFaults(_ call: Call, _ spec: inout ScheduleSpec) -> [FieldError] {
        guard let run = call["run"] else { return [] }
        guard call["suiteId"] == nil else {
            return [
                FieldError(pointer: "/run", message: "goes with loadTestId: a suite has its own")
            ]
        }
        spec.change = PlanChange(run)
        spec.queuesWhenBusy = run["whenBusy"]?.text == WhenBusy.queue.rawValue
        spec.queueTimeoutSeconds = run["queueTimeoutSeconds"]?.seconds
        guard spec.queueTimeoutSeconds == nil || spec.queuesWhenBusy else {
            return [
                FieldError(
                    pointer: "/run/queueTimeoutSeconds", message: "needs whenBusy: queue")
            ]
        }
        return []
    }

    private static func subjectFaults(
        _ call: Call, _ spec: inout ScheduleSpec, _ catalog: Catalog
    ) async throws(Problem) -> [FieldError] {
        let place = "\(spec.envId) of \(spec.tenantId)"
        let scope = Scope.environments([spec.envId], of: spec.tenantId)
        switch (call["loadTestId"]?.text, call["suiteId"]?.text) {
        case (let id?, nil):
            spec.loadTestId = id
            return try await StoredTests.faults(
                of: id, spec.change, in: spec.environment, at: "/loadTestId", changes: "/run",
                catalog, call)
        case (nil, let id?):
            spec.suiteId = id
            let found = try await call.perform { () async throws(ControlPlaneError) in
                try await call.services.history.suite(SuiteID(id), in: scope)
            }
            guard found == nil else { return [] }
            return [FieldError(pointer: "/suiteId", message: "is no suite in \(place)")]
        case (nil, nil):
            return [FieldError(pointer: "/loadTestId", message: "or suiteId must be given")]
        case (_?, _?):
            return [
                FieldError(
                    pointer: "/suiteId", message: "must not be given together with loadTestId")
            ]
        }
    }
}

/// What is wrong with runs of stored definitions that are ordered in advance, as far as can be
/// known then.
enum StoredTests {
    /// - Parameters:
    ///   - pointer: where the body names the load test.
    ///   - changes: where it says what is to be otherwise.
    static func faults(
        of id: String, _ change: PlanChange, in environment: EnvironmentKey, at pointer: String,
        changes: String, _ catalog: Catalog, _ call: Call
    ) async throws(Problem) -> [FieldError] {
        let scope = Scope.environments([environment.envID], of: environment.tenantID)
        let test = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.loadTests.loadTest(LoadTestID(id), in: scope)
        }
        guard let test else {
            return [
                FieldError(
                    pointer: pointer,
                    message: "is no load test in \(environment.envID) of \(environment.tenantID)")
            ]
        }
        var plan = change.plan(of: test.spec)
        plan.reach = call.services.orchestrator.reach(of: test.spec)
        return catalog.breaches(by: plan, of: test.spec).map {
            let fault = $0.fault(.ofRun)
            return FieldError(pointer: changes + fault.pointer, message: fault.message)
        }
    }
}

extension PlanChange {
    init(_ value: JSONValue) {
        self.init()
        targetUsers = value["targetUsers"]?.integer
        spawnRate = value["spawnRate"]?.number
        durationSeconds = value["durationSeconds"]?.seconds
    }

    var members: [String: JSONValue] {
        [
            "targetUsers": JSONValue(targetUsers), "spawnRate": JSONValue(spawnRate),
            "durationSeconds": JSONValue(durationSeconds),
        ]
    }
}
