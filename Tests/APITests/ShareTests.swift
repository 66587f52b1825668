import ControlPlane
import HTTP
import HTTPServer
import JSON
import Testing

@testable import API
@testable import TestSupport

struct ShareTests {
    let service: TestService
    let run: String

    init() async throws {
        service = try TestService()
        run = try await service.startRun(.test(["name": "Secret plan"]))
    }

    private func make(_ body: JSONValue? = nil, as caller: Caller = .operator) async throws
        -> Answer
    {
        try await service.ask("POST", "/v1/runs/\(run)/shares", body, as: caller)
    }

    private func show(_ url: String, as caller: Caller? = nil) async throws -> Answer {
        try await service.ask("GET", url, as: caller)
    }

    @Test func `a link shows the report to anybody, and counts`() async throws {
        let link = try await make(["expiresInSeconds": "1h", "note": "for Anna"])
        #expect(link.status == 201)
        let url = try #require(link["/url"]?.text)
        for caller in [nil, Caller.editorOfOther, .callback] {
            let page = try await show(url, as: caller)
            #expect(page.status == 200 && page.text.contains("Secret plan"))
            #expect(page.header("X-Robots-Tag") == "noindex, nofollow")
            #expect(page.header("Referrer-Policy") == "no-referrer")
            #expect(page.header("Content-Security-Policy")?.contains("sandbox") == true)
        }
        let list = try await service.ask("GET", "/v1/runs/\(run)/shares", as: .viewer)
        let item = try #require(list["/items"]?.items?.first)
        #expect(item["useCount"] == 3 && item["note"] == "for Anna" && item["state"] == "active")
        #expect(item["url"] == nil)
    }

    @Test func `a link that is over, wrong or withdrawn shows one and the same`() async throws {
        let first = try await make(["expiresInSeconds": 60])
        let second = try await make()
        let third = try await make()
        let urls = [first, second, third].compactMap { $0["/url"]?.text }
        try #require(urls.count == 3)
        service.time.advance(by: .seconds(61))
        let id = try second.id()
        for _ in 0..<2 {
            let revoked = try await service.ask(
                "DELETE", "/v1/runs/\(run)/shares/\(id)", as: .admin)
            #expect(revoked.status == 204)
        }
        #expect(try await show(urls[2]).status == 200)
        let wrong = String(urls[2].dropLast(8)) + "AAAAAAAA"
        let unknown = try #require(TokenText(newFor: ShareID("0123456789abcdef0123456789abcdef")))
        var answers: [Answer] = []
        for url in [urls[0], urls[1], wrong, "/shared/\(unknown.text)", "/shared/x"] {
            answers.append(try await show(url))
        }
        service.time.advance(by: .seconds(604_800))
        answers.append(try await show(urls[2]))
        for answer in answers {
            #expect(answer.status == 404)
            #expect(answer.response.body == answers[0].response.body)
            #expect(answer.header("X-Robots-Tag") == "noindex, nofollow")
        }
        let states = try await service.ask("GET", "/v1/runs/\(run)/shares")["/items"]?.items
        #expect(
            states?.compactMap { $0["state"]?.text }.sorted() == ["expired", "expired", "revoked"])
    }

    @Test func `no secret of a link is in the log, the store or a repeated answer`() async throws {
        let key: HeaderFields = ["Idempotency-Key": "k"]
        let made = try await service.ask(
            "POST", "/v1/runs/\(run)/shares", [:], as: .operator, headers: key)
        let url = try #require(made["/url"]?.text)
        let again = try await service.ask(
            "POST", "/v1/runs/\(run)/shares", [:], as: .operator, headers: key)
        #expect(again.status == 201 && again["/url"] == .null && again["/id"] == made["/id"])
        for path in [url, url + "x", url + "/more", url.replacing("/shared", with: "/Shared")] {
            let request = try Request(method: "GET", target: path)
            #expect(request.shownPath == "/shared/***")
        }
        _ = try await show(url)
        _ = try await show(url + "x")
        let secret = String(try #require(url.split(separator: "_").last))
        #expect(service.log.lines.allSatisfy { !$0.contains(secret) })
        let audit = try await service.ask("GET", "/v1/audit?action=run.share", as: .admin)
        #expect(audit.ids.count == 0 && audit["/items"]?.items?.isEmpty == false)
        #expect(!audit.text.contains(secret))
        #expect(try Request(method: "GET", target: "/v1/runs/1").shownPath == "/v1/runs/1")
    }

    @Test func `links are for those who may start, of their own runs, and not without end`()
        async throws
    {
        #expect(try await make(as: .viewer).status == 403)
        #expect(try await make(as: .editorOfOther).status == 404)
        #expect(try await make(["expiresInSeconds": 59]).pointers == ["/expiresInSeconds"])
        let id = try await make().id()
        let other = try await service.startRun(.test(["targetUsers": 1]))
        let astray = try await service.ask(
            "DELETE", "/v1/runs/\(other)/shares/\(id)", as: .operator)
        #expect(astray.status == 404)
        for _ in 1..<ReportShare.countMax { #expect(try await make().status == 201) }
        let more = try await make()
        #expect(more.status == 409 && more.code == "tooManyShares")
    }
}
