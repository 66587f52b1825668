import Foundation
import JSON
import TestSupport

/// The folder in which a pipeline's job runs `swarmkeeper run`, with what the job finds there.
struct Pipeline {
    let service: Service
    let folder: TemporaryFolder
    private let token: String

    /// - Parameter role: of the token of tenant red.
    init(_ service: Service, role: String = "editor") throws {
        self.service = service
        folder = try TemporaryFolder()
        token = Service.token("red", role)
    }

    var environment: [String: String] {
        [
            "SWARMKEEPER_URL": service.baseURL, "SWARMKEEPER_TOKEN": token, "CI": "true",
            "GITHUB_OUTPUT": folder.path("output"),
            "GITHUB_STEP_SUMMARY": folder.path("summary.md"),
        ]
    }

    /// Starts the command; all of its results are asked for.
    func start(_ words: [String]) throws -> Program {
        try Program(
            [
                "run", "--junit", folder.path("junit.xml"), "--json", folder.path("result.json"),
                "--markdown", folder.path("report.md"), "--github",
            ] + words, environment: environment)
    }

    /// The definition of a load test of tenant red.
    func write(
        target: String, seconds: Int = 4, thresholds: [String] = ["p95 < 60s", "errorRate < 1%"],
        extra: String = ""
    ) throws -> String {
        let path = folder.path("loadtest.yaml")
        let list = thresholds.map { "  - \($0)\n" }.joined()
        try """
        name: Gate
        tenantId: red
        envId: dev
        targetUrl: "\(target)"
        defaultUsers: 5
        defaultSpawnRate: 50
        defaultDurationSeconds: \(seconds)s
        thresholds:\(list.isEmpty ? " []" : "\n" + list)
        \(extra)
        """.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }

    var result: JSONValue {
        get throws { JSONValue(try read("result.json")) ?? .null }
    }

    /// All runs of tenant red, which are those of this job.
    func runs() async throws -> [JSONValue] {
        try await service.client().get("/v1/runs?limit=100")["items"]?.items ?? []
    }

    /// The run that the command has told of, once it is on.
    func running(_ program: Program) async throws -> String {
        var id: String?
        let isOn = await eventually {
            id = try? await runs().first { $0["state"]?.text == "Running" }?["id"]?.text
            return id != nil || !program.isRunning
        }
        guard isOn, let id, program.isRunning else {
            throw HarnessError("no run goes on:\n\(program.output)\n\(service.log)")
        }
        return id
    }

    /// The suite of the results of JUnit, which the schema of Jenkins takes.
    func junit() async throws -> JUnitDocument.Suite {
        let documents = try await JUnitDocument.read([folder.path("junit.xml")])
        guard let document = documents.first, document.faults.isEmpty,
            document.suites.count == 1, let suite = document.suites.first,
            suite.said == suite.counted
        else { throw HarnessError("\(documents)") }
        return suite
    }
}
