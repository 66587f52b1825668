import ControlPlane
import HTTP

enum ComparisonHandlers {
    /// Who says what a run is compared with.
    enum Source: String, CaseIterable {
        case request
        case verdict
        case definition
        case loadTest
    }

    static func comparison(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let (source, baseline) =
            if let asked = call.query("baseline") {
                (Source.request, try await named(asked, for: run, call))
            } else {
                try await chosen(for: run, call)
            }
        let comparison = try await call.perform { () async throws(ControlPlaneError) in
            try await RunComparison.compare(run, with: baseline, from: call.services.history)
        }
        return .json(200, comparison.json(source))
    }

    /// Another tenant's run, another load test's and none at all are refused with the same words.
    private static func named(_ text: String, for run: Run, _ call: Call)
        async throws(Problem) -> Baseline
    {
        let id = RunID(text)
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.run(id, in: call.scope)?.run
        }
        guard let found, found.id != run.id, let test = run.loadTestID, found.loadTestID == test,
            found.spec.tenantId == run.spec.tenantId
        else {
            throw .invalidQuery([
                FieldError(
                    pointer: "?baseline", message: "is no other run of this load test known to you")
            ])
        }
        return try await call.perform { () async throws(ControlPlaneError) in
            try await Baseline([found]).withHistory(of: run, from: call.services.history)
        }
    }

    /// What the run was judged by, and else what its definition says.
    static func chosen(for run: Run, _ call: Call) async throws(Problem) -> (Source, Baseline) {
        let (history, scope) = (call.services.history, call.scope)
        if let judged = run.verdict?.baseline {
            let baseline = try await call.perform { () async throws(ControlPlaneError) in
                try await Baseline.recall(judged, in: scope, from: history)
            }
            return (.verdict, baseline)
        }
        if let rule = run.spec.baseline {
            return (.definition, try await find(rule, for: run, call))
        }
        let test = try await call.perform { () async throws(ControlPlaneError) in
            guard let id = run.loadTestID else { return nil as LoadTest? }
            return try await call.services.loadTests.loadTest(id, in: scope)
        }
        guard let rule = test?.spec.baseline else {
            return (.loadTest, .none("the load test has no baseline; name a run to compare with"))
        }
        return (.loadTest, try await find(rule, for: run, call))
    }

    private static func find(_ rule: BaselineRule, for run: Run, _ call: Call)
        async throws(Problem) -> Baseline
    {
        try await call.perform { () async throws(ControlPlaneError) in
            try await Baseline.find(rule, for: run, in: call.scope, from: call.services.history)
        }
    }
}

extension Routes {
    static let comparisons: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/runs/{id}/comparison", permission: .read,
            summary: "A run beside its baseline: by how much each number differs, with an interval "
                + "that knows the noise of both, and what could not have been seen",
            query: [
                .init(
                    name: "baseline", schema: .text(1, max: 100),
                    description: "Another run of the same load test; by default what the run was "
                        + "judged by, or the baseline of its load test")
            ],
            answers: [.init(200, "The comparison, or why there is none", Schemas.comparison)],
            refusals: [.notFound],
            admission: .exports, audit: .none, handler: ComparisonHandlers.comparison)
    ]
}
