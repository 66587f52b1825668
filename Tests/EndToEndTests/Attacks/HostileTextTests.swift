import Foundation
import JSON
import TestSupport
import Testing

/// Text that means something to a database, a page, a terminal or a log, and here is only text.
enum HostileText {
    static let all = [
        "'; DROP TABLE runs; --", "\" OR \"\"=\"", "') UNION SELECT sql FROM sqlite_master --",
        "%' AND 1=randomblob(1000000000) --", "_%*?[a-z]", "?1 :name @x $y", "NULL",
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</title><svg/onload=1>",
        "&lt;&#x3C;&amp;", "javascript:alert(1)", "{{7*7}}${7*7}#{7*7}<%= 7 %>", "${jndi:ldap://a}",
        "a\r\nSet-Cookie: x=1", "a\n{\"level\":\"error\",\"event\":\"forged\"}",
        "\u{1B}[31mred\u{7}",
        "\",\"event\":\"forged\",\"x\":\"", "a\u{0}b", "\u{202E}drowssap\u{2028}\u{2029}\u{85}",
        "\\u0000\\\\\\\"", "../../etc/passwd", "=cmd|' /C calc'!A0", "é\u{301}\u{FEFF}\u{FFFF}😀",
        " leading and trailing \t",
    ]
}

extension AttackTests {
    @Test func `every text field of every body takes any text, or refuses it, and changes none`()
        async throws
    {
        try await withService { service in
            let document = try await service.client().get("/openapi.json").body
            var (asked, kept) = (0, Set<String>())
            for (path, operations) in document["paths"]?.members ?? [:] {
                for (method, operation) in operations.members ?? [:] {
                    guard let schema = BodySchema(operation, in: document) else { continue }
                    for place in schema.textPlaces {
                        for text in HostileText.all {
                            let name = place == ["name"] ? text : "name-\(asked)"
                            let body = schema.sample(with: text, at: place, named: name)
                            let target = path.replacing("{id}", with: "none")
                            let answer = try await ask(method, target, body, service)
                            asked += 1
                            guard answer.status < 300, let id = answer.json["id"]?.text else {
                                continue
                            }
                            let wanted = place == ["password"] ? nil : JSONValue.string(text)
                            #expect(answer.json.value(at: shown(place)) == wanted, "\(place)")
                            let read = try await ask("get", "\(path)/\(id)", nil, service)
                            #expect(read.json.value(at: shown(place)) == wanted, "\(place)")
                            kept.insert("\(path) \(place.joined(separator: "/"))")
                            if path == "/v1/emergency-stop" {
                                // The next would be the same one, with the reason of this.
                                _ = try await ask("delete", "\(path)/\(id)", nil, service)
                            }
                        }
                    }
                }
            }
            #expect(asked > 1_000)
            for field in ["name", "description", "tags/*", "metadata/*"] {
                #expect(kept.contains("/v1/load-tests \(field)"), "\(kept.sorted())")
            }
            // What a query has to do with these rows has not been changed by their text.
            for text in HostileText.all where !text.contains("\u{0}") {
                let q = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                for name in ["q", "tag", "createdBy", "envId", "cursor"] {
                    let target = "/v1/load-tests?\(name)=\(q)"
                    let answer = try await ask("get", target, nil, service)
                    #expect([200, 400].contains(answer.status), "\(target)")
                }
            }
            #expect(try await service.client().get("/ready").status == 200)
            try await checkLog(service)
        }
    }

    /// Where a text that was sent is answered: what a caller claims is kept beside what is known.
    private func shown(_ place: [String]) -> [String] {
        place == ["createdBy"] ? ["claimedCreatedBy"] : place
    }

    /// Sends one request and holds its answer to what every answer has to be.
    private func ask(_ method: String, _ target: String, _ body: JSONValue?, _ service: Service)
        async throws -> RawClient.Answer
    {
        let token =
            target.contains("/callbacks/") ? Service.callbackToken : Service.administrator
        var head = "\(method.uppercased()) \(target) HTTP/1.1\r\nHost: a\r\n"
        head += "Connection: close\r\nAuthorization: Bearer \(token)\r\n"
        let bytes = body?.encodedBytes ?? []
        if body != nil {
            head += "Content-Type: application/json\r\nContent-Length: \(bytes.count)\r\n"
        }
        let answers = try await RawClient.exchange(
            Array((head + "\r\n").utf8) + bytes, with: service)
        let answer = try #require(answers.first)
        #expect(answers.count == 1)
        #expect(RawClient.faults(in: answer).isEmpty, "\(method) \(target) \(answer.json)")
        return answer
    }

    @Test func `nothing that a caller sends can forge or break a line of the log`() async throws {
        try await withService(["--log-level", "debug"]) { service in
            for text in HostileText.all {
                let field = text.filter { !$0.isNewline && $0 != "\u{0}" && $0 != "\u{7}" }
                let path = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                let forms = [
                    "GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET /v1/runs/\(path) HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET /health HTTP/1.1\r\nHost: a\r\nX-Request-ID: \(field)\r\n\r\n",
                    "GET /v1/runs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(field)\r\n\r\n",
                    "GET /health HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: \(field)\r\n\r\n",
                    "GET /health HTTP/1.1\r\nHost: a\r\nUser-Agent: \(field)\r\n\r\n",
                    "\(text) /health HTTP/1.1\r\nHost: a\r\n\r\n",
                    "GET \(text) HTTP/1.1\r\nHost: a\r\n\r\n",
                ]
                for form in forms { _ = try await RawClient.exchange(form, with: service) }
            }
            try await checkLog(service)
        }
    }

    /// Each line is one object, of an event that the service has, in plain characters.
    private func checkLog(_ service: Service) async throws {
        await service.end()
        let lines = service.log.split(separator: "\n")
        #expect(lines.count > 100)
        for line in lines {
            let members = try #require(JSONValue(String(line))?.members, "\(line)")
            let event = members["event"]?.text ?? ""
            #expect(members["time"] != nil && members["level"] != nil)
            #expect(event != "forged" && !event.isEmpty)
            let odd = line.unicodeScalars.contains { scalar in
                [.control, .format, .lineSeparator, .paragraphSeparator]
                    .contains(scalar.properties.generalCategory)
            }
            #expect(!odd, "\(line)")
        }
        #expect(!service.log.contains(Service.administrator))
    }
}

extension JSONValue {
    /// The text where a path of names leads; `*` is the only element, or the only member.
    func value(at path: [String]) -> JSONValue? {
        path.reduce(self as JSONValue?) { value, name in
            guard name == "*" else { return value?[name] }
            return value?.items?.first ?? value?.members?.values.first
        }
    }
}
