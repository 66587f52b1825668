import ControlPlane
import JSON

/// Bodies into suites: what their shape alone cannot tell is checked here.
enum SuiteFields {
    static func spec(from call: Call) async throws(Problem) -> SuiteSpec {
        let spec = SuiteSpec(
            name: call["name"]?.text ?? "", description: call["description"]?.text ?? "",
            tenantId: call["tenantId"]?.text ?? "", envId: call["envId"]?.text ?? "",
            onFailure: call["onFailure"]?.text.flatMap(SuiteSpec.OnFailure.init) ?? .stop,
            steps: (call["steps"]?.items ?? []).map(SuiteSpec.Step.init))
        let catalog = await call.services.orchestrator.currentCatalog
        var faults = Definitions.placeFaults(in: call.body, catalog, call.scope)
        let isPlaced = faults.isEmpty
        faults += countFaults(spec)
        // Of a place that is not the caller's, nothing is looked up.
        guard isPlaced, faults.isEmpty else { throw .invalid(faults) }
        for (step, tests) in spec.steps.map(\.tests).enumerated() {
            for (index, test) in tests.enumerated() {
                let pointer = "/steps/\(step)/tests/\(index)"
                faults += try await StoredTests.faults(
                    of: test.loadTestId, test.change, in: spec.environment,
                    at: pointer + "/loadTestId", changes: pointer, catalog, call)
            }
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        return spec
    }

    private static func countFaults(_ spec: SuiteSpec) -> [FieldError] {
        guard !spec.steps.isEmpty else {
            return [FieldError(pointer: "/steps", message: "must have a step")]
        }
        guard spec.steps.reduce(0, { $0 + $1.tests.count }) <= SuiteSpec.testsMax else {
            return [
                FieldError(
                    pointer: "/steps",
                    message: "must have at most \(SuiteSpec.testsMax) tests in all")
            ]
        }
        return spec.steps.enumerated().filter { $1.tests.isEmpty }.map { index, _ in
            FieldError(pointer: "/steps/\(index)/tests", message: "must have a test")
        }
    }
}

extension SuiteSpec.Step {
    fileprivate init(_ value: JSONValue) {
        self.init(
            name: value["name"]?.text,
            tests: (value["tests"]?.items ?? []).map { test in
                SuiteSpec.Test(
                    loadTestId: test["loadTestId"]?.text ?? "", change: PlanChange(test))
            })
    }
}
