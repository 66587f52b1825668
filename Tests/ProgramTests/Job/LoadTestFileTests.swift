import Foundation
import JSON
import TestSupport
import Testing

@testable import swarmkeeper

struct LoadTestFileTests {
    private static let text = """
        # kept beside the code
        name: Checkout
        tenantId: shop
        envId: staging
        targetUrl: https://shop.example
        defaultUsers: 20
        defaultDurationSeconds: 1m30s
        thresholds:
          - p95 < 300ms
          - expression: errorRate < 1%
            severity: warn
        tags: [ci]
        """

    private func file(_ text: String, tenant: String? = nil) throws -> LoadTestFile {
        let folder = try TemporaryFolder()
        let path = folder.path("t.yaml")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try LoadTestFile(path, tenant: tenant)
    }

    private func findings(_ text: String) -> [String] {
        do {
            _ = try file(text)
            return []
        } catch {
            let findings = (error as? JobFailure)?.findings ?? []
            return findings.map { finding in
                finding.description.range(of: "t.yaml").map {
                    String(finding.description[$0.lowerBound...])
                } ?? ""
            }
        }
    }

    @Test func `a definition is the body of a request`() throws {
        let file = try file(Self.text)
        #expect(
            file.name == "Checkout" && file.tenantID == "shop" && file.environmentID == "staging")
        #expect(file.members["defaultUsers"] == .int(20))
        #expect(file.members["thresholds"]?.items?.count == 2)
        #expect(try self.file(Self.text, tenant: "other").tenantID == "other")
        let json = #"{"name": "n", "tenantId": "t", "envId": "e"}"#
        #expect(try self.file(json).members.count == 3)
    }

    @Test func `mistakes are told with their places`() throws {
        #expect(findings("name: [a").first?.hasPrefix("t.yaml:1:") == true)
        #expect(
            findings("- a") == ["t.yaml:1:1: expected keys with values, such as name: ..."])
        #expect(findings("name: 5\ntenantId: t").first?.hasPrefix("t.yaml:1:7:") == true)
        let file = try file(Self.text)
        let told = file.findings([
            .init(pointer: "/targetUrl", message: "must be a URL"),
            .init(pointer: "/thresholds/1/severity", message: "must be one of fail, warn"),
            .init(pointer: "/thresholds/0", message: "is wrong at character 3"),
            .init(pointer: "/tags", message: "is not a field here", isOfKey: true),
            .init(pointer: "/scenario", message: "is required"),
        ])
        let places = told.map { "\($0.position?.description ?? "-") \($0.message)" }
        #expect(
            places == [
                "2:1 /scenario is required", "5:12 /targetUrl must be a URL",
                "9:5 /thresholds/0 is wrong at character 3",
                "11:15 /thresholds/1/severity must be one of fail, warn",
                "12:1 /tags is not a field here",
            ])
    }

    @Test func `what a flag says is wrong at the flag`() throws {
        let file = try file(Self.text, tenant: "nobody")
        let told = file.findings([.init(pointer: "/tenantId", message: "is no tenant")])
        #expect(told.map(\.description) == ["--tenant: is no tenant"])
    }

    @Test func `scenarios and targets may lie beside the definition`() throws {
        let folder = try TemporaryFolder()
        func write(_ text: String, _ name: String) throws {
            try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        }
        let head = "name: n\ntenantId: t\nenvId: e\n"
        try write(head + "scenarioFile: s.yaml\n", "t.yaml")
        try write("load: { users: 3 }\nrequests:\n  - path: 5\n", "s.yaml")
        let file = try LoadTestFile(folder.path("t.yaml"))
        #expect(file.members["scenario"]?["load"]?["users"] == .int(3))
        #expect(file.members["scenarioFile"] == nil)
        let told = file.findings([.init(pointer: "/scenario/requests/0/path", message: "no")])
        #expect(told.first?.file == folder.path("s.yaml"))
        #expect(told.first?.position?.line == 3)
        try write(head + "targetsFile: v.txt\n", "v.yaml")
        try write("GET http://x/\n", "v.txt")
        let targets = try LoadTestFile(folder.path("v.yaml"))
        #expect(targets.members["targetsBase64"] == .string("R0VUIGh0dHA6Ly94Lwo="))
        #expect(
            targets.findings([.init(pointer: "/targetsBase64", message: "no")]).first?.position?
                .line == 4)
        for wrong in [
            "scenarioFile: none.yaml", "scenarioFile: s.yaml\nscenario: {}", "scenarioFile: [a]",
        ] {
            try write(head + wrong + "\n", "w.yaml")
            #expect(throws: JobFailure.self) { try LoadTestFile(folder.path("w.yaml")) }
        }
        #expect(throws: JobFailure.self) { try LoadTestFile(folder.path("nothing.yaml")) }
    }
}

struct LoadTestComparisonTests {
    private static let stored = """
        {'id': 'i', 'version': 3, 'name': 'n', 'description': '', 'tags': ['a'], 'tenantId': 't',
         'envId': 'e', 'locustClusterId': null, 'targetUrl': 'http://x', 'scenario': null,
         'userClasses': [], 'defaultUsers': 1, 'defaultSpawnRate': 2.5,
         'defaultDurationSeconds': 90, 'thresholds': [
            {'expression': 'p95 < 300ms', 'severity': 'fail', 'windowSeconds': null,
             'ignoreFirstSeconds': 0, 'abortAfterSeconds': null},
            {'expression': 'p99 < 1000ms for 30s', 'severity': 'warn', 'windowSeconds': 30,
             'ignoreFirstSeconds': 10, 'abortAfterSeconds': null}],
         'metadata': {'k': 1}, 'createdBy': 'x', 'updatedAt': 'y', 'baseline': null}
        """
    private static let said = """
        {'name': 'n', 'tags': ['a'], 'tenantId': 't', 'envId': 'e', 'targetUrl': 'http://x',
         'defaultSpawnRate': 2.5, 'defaultDurationSeconds': '1m30s', 'metadata': {'k': 1.0},
         'thresholds': ['http_req_duration: p(95)<300',
          {'expression': 'p99 < 1s for 30s', 'severity': 'warn',
          'ignoreFirstSeconds': '10s'}]}
        """

    private func isSame(_ old: String = "", _ new: String = "") throws -> Bool {
        let said = try JobSample.json(Self.said.replacing(old, with: new))
        return LoadTestComparison.isSame(
            said.members ?? [:], try JobSample.json(Self.stored))
    }

    @Test func `a file that says the same in other words is the same`() throws {
        #expect(
            LoadTestComparison.isSame(
                try #require(try JobSample.json(Self.said).members),
                try JobSample.json(Self.stored)))
    }

    @Test(arguments: [
        ("'kind': 'lastPassed'", "'kind': 'lastPassed'", true),
        (
            "'kind': 'lastPassed', 'passesIfMissing': false, 'labels': {}", "'kind': 'lastPassed'",
            true
        ),
        ("'kind': 'median'", "'kind': 'median', 'runs': 5", true),
        ("'kind': 'median', 'runs': 7", "'kind': 'median', 'runs': 7", true),
        ("'kind': 'median'", "'kind': 'median', 'runs': 7", false),
        ("'kind': 'lastPassed'", "'kind': 'median', 'runs': 5", false),
        ("'kind': 'lastPassed'", "'kind': 'lastPassed', 'passesIfMissing': true", false),
        ("'kind': 'lastPassed'", "'kind': 'lastPassed', 'sameLabels': ['branch']", false),
        ("'kind': 'lastPassed', 'sameLabels': ['branch']", "'kind': 'lastPassed'", false),
        ("'kind': 'lastPassed', 'nonsense': 1", "'kind': 'lastPassed'", false),
    ])
    func `a baseline is the same by what it says and by what that means`(
        said: String, stored: String, isSame: Bool
    ) throws {
        let defaults = """
            'runId': null, 'runs': null, 'labels': {}, 'sameLabels': [], 'passesIfMissing': false
            """
        let kept = try JobSample.json("{\(defaults)}").members?.merging(
            JobSample.json("{\(stored)}").members ?? [:]
        ) { $1 }
        let file = try #require(
            try JobSample.json(Self.said.replacing("'name'", with: "'baseline': {\(said)}, 'name'"))
                .members)
        var whole = try #require(try JobSample.json(Self.stored).members)
        whole["baseline"] = .object(try #require(kept))
        #expect(LoadTestComparison.isSame(file, .object(whole)) == isSame)
    }

    @Test(
        arguments: [
            ("'n'", "'m'"), ("['a']", "['b']"), ("['a']", "[]"), ("1m30s", "91s"), ("2.5", "2"),
            ("1.0", "2"), ("'1m30s'", "null"),
            ("http_req_duration: p(95)<300", "http_req_duration: p(95)<301"), ("'warn'", "'fail'"),
            ("'10s'", "'11s'"), ("'http_req_duration: p(95)<300',", ""),
            ("'name'", "'x': 1, 'name'"),
            ("'name'", "'defaultUsers': 2, 'name'"), ("'name'", "'scenario': {}, 'name'"),
            ("1s for 30s", "1s for 31s"),
        ])
    func `whatever differs is found`(old: String, new: String) throws {
        #expect(try !isSame(old, new))
    }
}
