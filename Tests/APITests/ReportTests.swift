import ControlPlane
import HTTP
import JSON
import Testing

@testable import API
@testable import TestSupport

/// One run whose hook sends numbers of twenty seconds.
struct ReportTests {
    let service: TestService
    let run: String

    init() async throws {
        service = try TestService()
        run = try await service.startRun(.test(["durationSeconds": 30, "name": "A <b> test"]))
        try await service.begin(run)
        for second in 1...10 {
            service.time.advance(by: .seconds(2))
            let requests = JSONValue.int(Int64(second * 30))
            let sample: JSONValue = [
                "requests": requests, "failures": .int(Int64(second)), "avgResponseMs": 25,
                "minResponseMs": 8.5, "maxResponseMs": 110, "histogram": ["10": 20, "50": 10],
            ]
            let changes: [String: JSONValue?] = [
                "elapsedSeconds": .int(Int64(second * 2)), "workers": 2, "totals": sample,
                "endpoints": [sample.with(["method": "GET", "name": "=a<b>,|"])],
                "errors": [
                    [
                        "method": "GET", "name": "=a<b>,|", "message": "HTTPError 500",
                        "occurrences": .int(Int64(second)),
                    ]
                ],
            ]
            let answer = try await service.ask(
                "POST", "/v1/callbacks/metrics",
                .callback(run, sequence: Int64(second + 1), changes), as: .callback)
            try #require(answer.status == 200, "\(answer.text)")
        }
    }

    private func get(_ path: String, headers: HeaderFields = []) async throws -> Answer {
        try await service.ask("GET", "/v1/runs/\(run)/\(path)", as: .viewer, headers: headers)
    }

    @Test func `a report is a page that may do nothing, under a safe name`() async throws {
        let page = try await get("report")
        #expect(page.status == 200)
        #expect(page.header("Content-Type") == "text/html; charset=utf-8")
        let policy = try #require(page.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(
            page.header("Content-Disposition")?.hasPrefix("inline; filename=\"load-test-a-b-test-")
                == true)
        #expect(page.text.contains("A &lt;b&gt; test") && page.text.contains("they still change"))
        #expect(page.header("ETag") == nil)
    }

    @Test func `the JSON of a report is what is read elsewhere`() async throws {
        let report = try await get("report?format=json")
        let summary = try await get("summary")
        #expect(report.json["summary"] == summary.json)
        #expect(report.json["run"]?["id"] == .string(run))
        let points = report.json["series"]?["points"]?.items ?? []
        #expect(points.compactMap { $0["requests"]?.integer }.reduce(0, +) == 300)
        #expect(report.json["measurement"]?["observations"]?["callback"] == 11)
        #expect(report.json["measurement"]?["percentileErrorPercent"] == 5)
        let bars = report.json["responseTimes"]?.items ?? []
        #expect(bars.compactMap { $0["requests"]?.integer }.reduce(0, +) == 300)
        let markdown = try await get("report?format=markdown", headers: ["Host": "sk.example:81"])
        #expect(markdown.text.contains("(<http://sk.example:81/#/runs/\(run)>)"))
        let odd = try await get("report?format=markdown", headers: ["Host": "x>)[a](b"])
        #expect(!odd.text.contains("x>") && odd.text.contains("Run `\(run)`"))
    }

    @Test func `a report of a run that is over is told to be the same`() async throws {
        try await service.end(run)
        let first = try await get("report")
        let tag = try #require(first.header("ETag"))
        for value in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            let again = try await get("report", headers: ["If-None-Match": value])
            #expect(again.status == 304 && again.response.body.isEmpty)
        }
        let other = try await get("report", headers: ["If-None-Match": "\"x\""])
        #expect(other.response.body == first.response.body)
        let markdown = try await get("report?format=markdown", headers: ["If-None-Match": tag])
        #expect(markdown.status == 200)
    }

    @Test func `an export has the summary's numbers`() async throws {
        let summary = try await get("summary")
        let csv = try await get("export")
        #expect(csv.header("Content-Type") == "text/csv; charset=utf-8")
        #expect(csv.header("Content-Disposition")?.contains("-summary.csv\"") == true)
        let lines = csv.text.split(separator: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("\"total\",,,300,10,3.333333,15,"))
        #expect(lines[2].hasPrefix("\"endpoint\",\"GET\",\"'=a<b>,|\",300,10,"))
        let json = try await get("export?format=json")
        for name in ["requests", "failures", "p50ResponseMs", "p95ResponseMs", "p99ResponseMs"] {
            #expect(json.json["items"]?.items?.first?[name] == summary.json["totals"]?[name])
        }
    }

    @Test(arguments: ["csv", "json", "hlog"])
    func `pages of an export are the whole of it`(format: String) async throws {
        let path = "export?part=series&format=\(format)"
        let whole = try await get(path)
        var (pages, cursor) = ([Answer](), String?.none)
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await get("\(path)&limit=6\(next)")
            try #require(page.status == 200, "\(page.text)")
            pages.append(page)
            cursor = page.header("X-Next-Cursor") ?? page.json["nextCursor"]?.text
        } while cursor != nil
        #expect(pages.count > 4)
        if format == "json" {
            let items = pages.flatMap { $0.json["items"]?.items ?? [] }
            #expect(items == whole.json["items"]?.items)
            let totals = items.filter { $0["scope"] == "total" }
            #expect(totals.compactMap { $0["requests"]?.integer }.reduce(0, +) == 300)
            let series = try await get("metrics?resolution=1s")
            #expect(
                series.json["points"]?.items?.map { $0["requests"] }
                    == totals.map { $0["requests"] })
        } else {
            #expect(pages.map(\.text).joined() == whole.text)
        }
    }

    @Test func `what an export cannot be is refused`() async throws {
        let odd = try await get("export?format=hlog&part=summary")
        #expect(odd.status == 400 && odd.pointers == ["?part"])
        let silent = try await service.startRun(.test(["targetUsers": 1]))
        let none = try await service.ask("GET", "/v1/runs/\(silent)/export?format=hlog")
        #expect(none.status == 409 && none.code == "noHistograms")
        let empty = try await service.ask("GET", "/v1/runs/\(silent)/report")
        #expect(empty.status == 200 && !empty.text.contains("<svg"))
    }
}
