import Addresses
import HTTP
import TestSupport
import Testing

@testable import HTTPServer

struct TrustedProxiesTests {
    private func proxies(
        _ field: TrustedProxies.Field = .xForwardedFor
    ) throws -> TrustedProxies {
        TrustedProxies(
            try ["10.0.0.0/8", "::1", "fd00::/8"].map { try AddressRange($0) },
            by: field)
    }

    @Test(arguments: [
        ("192.0.2.60", "192.0.2.60"),
        ("192.0.2.60:4711", "192.0.2.60"),
        ("2001:DB8::17", "2001:db8::17"),
        ("[2001:db8::17]:4711", "2001:db8::17"),
        ("::ffff:192.0.2.60", "192.0.2.60"),
        (" 192.0.2.60\t", "192.0.2.60"),
        // What a client claims stands left of what the proxy has seen.
        ("127.0.0.1, 192.0.2.60", "192.0.2.60"),
        ("10.0.0.9, 192.0.2.60, 10.0.0.5", "192.0.2.60"),
        ("<script>, 192.0.2.60,10.0.0.5, fd00::2", "192.0.2.60"),
        // All of them ours: the first of these has asked.
        ("10.0.0.9, 10.0.0.5", "10.0.0.9"),
        // Whom a proxy did not tell, nobody else can.
        ("192.0.2.60, unknown, 10.0.0.5", "10.0.0.5"),
        ("192.0.2.60, , 10.0.0.5", "10.0.0.5"),
    ])
    func `the client is the first from the right that is no proxy`(
        value: String, expected: String
    ) throws {
        let client = try proxies().client(of: ["X-Forwarded-For": value], from: "10.0.0.1")
        #expect(client?.address == expected)
    }

    @Test(arguments: [
        "", "unknown", "1.2.3", "1.2.3.4.5", "192.0.2.60:x:y", "[192.0.2.60]", "[::1", "a.example",
        "192.0.2.60\u{0}", "0x7f000001", "192.0.2.60, nonsense",
    ])
    func `what the nearest proxy has not told is not guessed`(value: String) throws {
        #expect(try proxies().client(of: ["X-Forwarded-For": value], from: "10.0.0.1") == nil)
    }

    @Test(arguments: ["11.0.0.1", "127.0.0.1", "::2", "unknown", ""])
    func `a peer that is no proxy speaks for itself alone`(peer: String) throws {
        let headers: HeaderFields = [
            "X-Forwarded-For": "192.0.2.60", "X-Forwarded-Proto": "https",
            "Forwarded": "for=192.0.2.60;proto=https",
        ]
        for field in TrustedProxies.Field.allCases {
            #expect(try proxies(field).client(of: headers, from: peer) == nil)
        }
        #expect(TrustedProxies.none.client(of: headers, from: "127.0.0.1") == nil)
    }

    @Test func `a proxy of the own link is known, whatever interface the kernel names`() throws {
        let proxies = TrustedProxies([try AddressRange("fe80::/10")])
        let headers: HeaderFields = ["X-Forwarded-For": "192.0.2.60"]
        #expect(proxies.client(of: headers, from: "fe80::1%eth0")?.address == "192.0.2.60")
        #expect(proxies.client(of: headers, from: "fec0::1%eth0") == nil)
    }

    @Test func `a chain without end is followed as far as one may be long`() throws {
        let chain = ["192.0.2.60"] + (1...32).map { "10.0.0.\($0)" }
        let value = chain.joined(separator: ",")
        let client = try proxies().client(of: ["X-Forwarded-For": value], from: "10.0.0.99")
        #expect(client?.address == "10.0.0.1")
        let shorter = chain.dropLast().joined(separator: ",")
        let found = try proxies().client(of: ["X-Forwarded-For": shorter], from: "10.0.0.99")
        #expect(found?.address == "192.0.2.60")
    }

    @Test func `fields of one name are one list`() throws {
        let headers = HeaderFields([
            ("X-Forwarded-For", "127.0.0.1"), ("x-forwarded-for", "192.0.2.60"),
            ("X-Forwarded-For", "10.0.0.2"),
        ])
        #expect(try proxies().client(of: headers, from: "::1")?.address == "192.0.2.60")
    }

    @Test func `only the field that the proxies set is read`() throws {
        let headers: HeaderFields = [
            "X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.2",
        ]
        #expect(try proxies().client(of: headers, from: "::1")?.address == "192.0.2.1")
        #expect(try proxies(.forwarded).client(of: headers, from: "::1")?.address == "192.0.2.2")
    }

    @Test(arguments: [
        (nil, nil), ("https", true), ("HTTPS", true), ("http", false), ("http, https", true),
        ("https, http", false), ("", false),
    ])
    func `the scheme is what the last proxy says`(scheme: String?, expected: Bool?) throws {
        var headers: HeaderFields = ["X-Forwarded-For": "192.0.2.60"]
        if let scheme { headers.add("X-Forwarded-Proto", scheme) }
        #expect(try proxies().client(of: headers, from: "10.0.0.1")?.isSecure == expected)
    }

    @Test(
        arguments: [
            ("for=192.0.2.60", "192.0.2.60", nil),
            ("For=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17", nil),
            ("for=192.0.2.60;proto=https;by=203.0.113.43", "192.0.2.60", true),
            ("proto=http;;host=\"a;b\\\"c\";for=192.0.2.60;", "192.0.2.60", false),
            ("for=192.0.2.9;proto=https, for=192.0.2.60;proto=http", "192.0.2.60", false),
            ("for=192.0.2.60;proto=https, for=10.0.0.2;proto=http", "192.0.2.60", true),
            ("for=_hidden, for=10.0.0.2", "10.0.0.2", nil),
            // A quote that the client left open takes nothing in.
            ("for=\"192.0.2.9, for=192.0.2.60", "192.0.2.60", nil),
            ("for=192.0.2.9;host=\", for=192.0.2.60;host=\"x\"", "192.0.2.60", nil),
        ] as [(String, String, Bool?)])
    func `an element of RFC 7239 names client and scheme`(
        value: String, address: String, isSecure: Bool?
    ) throws {
        let client = try proxies(.forwarded).client(of: ["Forwarded": value], from: "10.0.0.1")
        #expect(client == TrustedProxies.Client(address: address, isSecure: isSecure))
    }

    @Test(arguments: [
        "for", "for=", "for=\"192.0.2.60", "for=192.0.2.60;for=192.0.2.61", "for=unknown",
        "by=192.0.2.60", "for=192.0.2.60 proto=http", "for=\"192.0.2.60\"x", "=192.0.2.60",
        "for=\"192.0.2.60\\",
    ])
    func `an element that is none names nobody`(value: String) throws {
        let client = try proxies(.forwarded).client(of: ["Forwarded": value], from: "10.0.0.1")
        #expect(client == nil)
    }

    @Test func `whatever a client writes, the proxy's word behind it counts`() throws {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            ",", ";", "=", "\"", "\\", "for", "proto", "https", "10.0.0.1", "192.0.2.1", "[", "]",
            "::1", ":", " ", "\t", "é", "%", "/", "0",
        ]
        for _ in 0..<3_000 {
            let noise = (0..<Int.random(in: 0...12, using: &random))
                .map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            for (field, own) in [
                (TrustedProxies.Field.xForwardedFor, "192.0.2.60"),
                (.forwarded, "for=192.0.2.60;proto=https"),
            ] {
                let appended = HeaderFields([(field.rawValue, noise), (field.rawValue, own)])
                let joined = HeaderFields([(field.rawValue, "\(noise), \(own)")])
                for headers in [appended, joined] {
                    let client = try proxies(field).client(of: headers, from: "10.0.0.1")
                    #expect(client?.address == "192.0.2.60", "\(noise)")
                }
                _ = try proxies(field).client(of: [field.rawValue: noise], from: "10.0.0.1")
            }
        }
    }
}

/// The same over sockets.
struct ForwardedClientTests {
    private func ask(_ server: TestServer, _ fields: String) async throws -> String {
        try await server.client().ask("GET /origin HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").body
    }

    @Test func `handlers see the client that a trusted proxy names, and the proxy`() async throws {
        let proxies = TrustedProxies([try AddressRange("127.0.0.0/8")])
        let server = try TestServer(proxies: proxies)
        #expect(
            try await ask(
                server, "X-Forwarded-For: 127.0.0.9, 192.0.2.60\r\nX-Forwarded-Proto: https\r\n")
                == "192.0.2.60 by 127.0.0.1, secure true")
        #expect(try await ask(server, "") == "127.0.0.1 by 127.0.0.1, secure false")
        await server.shutdown()
    }

    @Test func `what anybody else says is not believed`() async throws {
        let proxies = TrustedProxies([try AddressRange("10.0.0.0/8")])
        for server in [try TestServer(proxies: proxies), try TestServer()] {
            #expect(
                try await ask(
                    server,
                    "X-Forwarded-For: 192.0.2.60\r\nX-Forwarded-Proto: https\r\n"
                        + "Forwarded: for=192.0.2.60;proto=https\r\n")
                    == "127.0.0.1 by 127.0.0.1, secure false")
            await server.shutdown()
        }
    }
}
