import ControlPlane
import HTTP
import JSON
import Testing

@testable import API

/// The page as the service hands it out. What it does in a browser is in `Tests/Browser`.
struct DashboardTests {
    @Test(arguments: [
        ("/", "text/html; charset=utf-8"),
        ("/assets/index.html", "text/html; charset=utf-8"),
        ("/assets/app.js", "text/javascript; charset=utf-8"),
        ("/assets/pages/runs.js", "text/javascript; charset=utf-8"),
        ("/assets/style.css", "text/css; charset=utf-8"), ("/assets/icon.svg", "image/svg+xml"),
    ])
    func `a file comes with its type, and lets nothing foreign into the page`(
        path: String, type: String
    ) async throws {
        let answer = try await TestService().ask("GET", path, as: nil)
        #expect(answer.status == 200 && !answer.response.body.isEmpty)
        #expect(answer.header("Content-Type") == type)
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        #expect(answer.header("Referrer-Policy") == "no-referrer")
        let policy = try #require(answer.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self';"))
        for hole in ["unsafe", "http:", "https:", "*", "blob:"] {
            #expect(!policy.contains(hole), "\(hole)")
        }
        #expect(policy.contains("frame-ancestors 'none'"))
    }

    @Test func `a browser that has a file already is told so`() async throws {
        let service = try TestService()
        let tag = try #require(
            try await service.ask("GET", "/assets/app.js", as: nil).header("ETag"))
        for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let again = try await service.ask(
                "GET", "/assets/app.js", as: nil, headers: ["If-None-Match": known])
            #expect(again.status == 304 && again.response.body.isEmpty)
            #expect(again.header("ETag") == tag)
            #expect(again.header("Content-Security-Policy")?.contains("script-src") == true)
        }
        for other in ["\"other\"", "", tag.replacing("\"", with: "")] {
            let new = try await service.ask(
                "GET", "/assets/app.js", as: nil, headers: ["If-None-Match": other])
            #expect(new.status == 200)
        }
        let page = try await service.ask("GET", "/", as: nil).header("ETag")
        #expect(page != tag)
    }

    @Test(arguments: [
        "/assets/none.js", "/assets/pages/none.js", "/assets/pages", "/assets/..%2fapp.js",
        "/assets/pages%2Fruns.js", "/assets/other/runs.js", "/assets/pages/..%2f..%2fapp.js",
    ])
    func `what is no file of the page is not there`(path: String) async throws {
        let answer = try await TestService().ask("GET", path, as: nil)
        #expect(answer.status == 404 && answer.code == "notFound")
    }

    @Test func `every file has a type, and scripts come in modules that are found`() {
        for file in PageFile.all.values {
            #expect(file.mediaType != nil, "\(file.name)")
            #expect(!file.bytes.isEmpty, "\(file.name)")
        }
        #expect(PageFile.all["index.html"] != nil && PageFile.all["app.js"] != nil)
        #expect(Set(PageFile.all.values.map(\.entityTag)).count == PageFile.all.count)
    }

    @Test func `many visits use up nothing of what an address has for logins`() async throws {
        let service = try TestService()
        for _ in 0..<200 { try await service.ask("GET", "/assets/app.js", as: nil) }
        #expect(try await service.ask("GET", "/openapi.json", as: nil).status == 200)
    }

    @Test func `a caller is told who it is and what it may do`() async throws {
        let service = try TestService()
        #expect(
            try await service.ask("GET", "/v1/me", as: .operator).json == [
                "name": "operator-1", "role": "operator", "permissions": ["read", "start"],
                "tenantId": "tenant-1", "envIds": nil,
            ])
        let all = try await service.ask("GET", "/v1/me", as: .administrator)
        #expect(all["/tenantId"] == .null)
        #expect(all["/permissions"] == ["administer", "configure", "read", "start"])
        #expect(try await service.ask("GET", "/v1/me", as: .callback).status == 403)
        #expect(try await service.ask("GET", "/v1/me", as: nil).status == 401)
        let caller = Caller("of-dev", .editor, .environments(["dev"], of: "tenant-1"))
        service.services.authenticator.replace([(caller.token, caller.principal)])
        #expect(try await service.ask("GET", "/v1/me", as: caller)["/envIds"] == ["dev"])
    }
}
