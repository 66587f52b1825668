import Foundation
import JSON
import TestSupport
import Testing

/// The numbers of one run, wherever they are told.
enum ToldNumbers {
    /// Every form of a report has those of the summary; the log has them as HdrHistogram's own
    /// library reads it.
    ///
    /// - Parameter milliseconds: by how much a percentile may differ where that is more than the
    ///   share.
    static func check(
        of id: String, _ service: Service, within share: Double, or milliseconds: Double = 0
    ) async throws {
        let summary = try await service.client().get("/v1/runs/\(id)/summary").body
        let report = try await service.client().get("/v1/runs/\(id)/report?format=json").body
        #expect(report["summary"] == summary)
        let rows = [try #require(summary["totals"])] + (summary["endpoints"]?.items ?? [])
        let series = try #require(report["series"]?["points"]?.items)
        let steps = series.compactMap { $0["requests"]?.integer }
        #expect(steps.reduce(0, +) == rows[0]["requests"]?.integer)
        try await checkTable(of: id, rows, service)
        try await checkPage(of: id, rows, service)
        try await checkLog(of: id, rows, service) { max($0 * share, milliseconds) }
    }

    private static func text(_ path: String, _ service: Service, as token: String? = nil)
        async throws
        -> String
    {
        let field = "Authorization: Bearer \(token ?? Service.administrator)"
        return try await Curl.run("-H", field, service.baseURL + path).text
    }

    private static func checkTable(of id: String, _ rows: [JSONValue], _ service: Service)
        async throws
    {
        let lines = try await text("/v1/runs/\(id)/export", service).split(separator: "\r\n")
        let names = lines[0].split(separator: ",").map { $0.filter { $0 != "\"" } }
        try #require(lines.count == rows.count + 1)
        for (line, row) in zip(lines.dropFirst(), rows) {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            for (name, cell) in zip(names, cells) {
                guard let number = row[name]?.number else { continue }
                #expect(Double(cell) == number, "\(name)")
            }
        }
        let steps = try await text("/v1/runs/\(id)/export?part=series", service).split(
            separator: "\r\n")
        let column = try #require(steps[0].split(separator: ",").firstIndex(of: "\"requests\""))
        let totals = steps.filter { $0.contains(",\"total\",") }.compactMap {
            Int($0.split(separator: ",", omittingEmptySubsequences: false)[column])
        }
        #expect(totals.reduce(0, +) == rows[0]["requests"]?.integer)
    }

    private static func checkPage(of id: String, _ rows: [JSONValue], _ service: Service)
        async throws
    {
        let page = try await text("/v1/runs/\(id)/report", service)
        for row in rows {
            let requests = try #require(row["requests"]?.integer)
            let digits = requests.formatted(.number.locale(Locale(identifier: "en_US")))
            #expect(page.contains("<td>\(digits)</td>"))
        }
        #expect(page.components(separatedBy: "<figure").count == 6)
        #expect(!page.contains("<script"))
    }

    private static func checkLog(
        of id: String, _ rows: [JSONValue], _ service: Service, tolerance: (Double) -> Double
    ) async throws {
        let folder = try TemporaryFolder()
        let log = try await text("/v1/runs/\(id)/export?format=hlog", service)
        try log.write(toFile: folder.path("run.hlog"), atomically: true, encoding: .utf8)
        let found = try await Curl.shell([
            Repository.root.appending(path: ".venv-contract/bin/python").path,
            Repository.root.appending(path: "Tests/Contract/read_hlog.py").path,
            folder.path("run.hlog"),
        ])
        let read = try #require(JSONValue(found.text), "\(found.text)")
        for row in rows {
            let (method, name) = (row["method"]?.text, row["name"]?.text)
            let tag = method.flatMap { method in name.map { "\(method):\($0)" } } ?? ""
            let values = try #require(read[tag], "\(tag) in \(read)")
            #expect(values["count"]?.integer == row["requests"]?.integer)
            for percentile in ["p50", "p95", "p99"] {
                let own = try #require(row["\(percentile)ResponseMs"]?.number)
                let other = try #require(values[percentile]?.number) / 1000
                #expect(abs(own - other) <= tolerance(own), "\(percentile) of \(tag)")
            }
        }
    }
}

extension NativeClusterTests {
    @Test func `a report tells the same in all forms, and its link tells no more`() async throws {
        try await withNativeScene(target: ["--latency-ms", "5", "--failure-share", "0.1"]) {
            scene in
            let id = try await scene.start(seconds: 4)
            _ = try await scene.over(id)
            try await ToldNumbers.check(of: id, scene.service, within: 0.002)
            let client = scene.service.client()
            let link = try await client.post("/v1/runs/\(id)/shares", ["expiresInSeconds": 60])
            let path = try #require(link["url"]?.text)
            let shared = try await Curl.run("-i", scene.service.baseURL + path).text
            #expect(shared.hasPrefix("HTTP/1.1 200") && shared.contains("X-Robots-Tag: noindex"))
            let own = try await client.call(
                "DELETE", "/v1/runs/\(id)/shares/\(link["id"]?.text ?? "")")
            #expect(own.status == 204)
            let gone = try await Curl.run("-i", scene.service.baseURL + path).text
            #expect(gone.hasPrefix("HTTP/1.1 404"))
            let secret = try #require(path.split(separator: "_").last)
            #expect(!scene.service.log.contains(secret))
        }
    }
}

extension RunLifeTests {
    @Test func `a report of a Locust run tells the same in all forms`() async throws {
        try await withScene(target: ["--failure-share", "0.1"]) { scene in
            let id = try await scene.start(seconds: 8)
            _ = try await scene.run(id, in: "Finished", "Failed")
            // Locust counts in whole milliseconds and two digits: above the longest time, too.
            try await ToldNumbers.check(of: id, scene.service, within: 0.05, or: 1)
        }
    }
}
