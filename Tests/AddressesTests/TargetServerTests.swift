import TestSupport
import Testing

@testable import Addresses

struct TargetServerTests {
    @Test(arguments: [
        ("http://shop.example", "shop.example:80"), ("HTTPS://Shop.Example./x", "shop.example:443"),
        ("http://shop.example:8080?q", "shop.example:8080"), ("http://10.0.0.7#x", "10.0.0.7:80"),
        ("http://[2001:DB8::1]:81/", "[2001:db8::1]:81"),
        ("http://[::ffff:127.0.0.1]", "127.0.0.1:80"),
        ("http://my_host:/", "my_host:80"),
        ("https://xn--bcher-kva.example", "xn--bcher-kva.example:443"),
        ("http://a.7x", "a.7x:80"), ("http://shop.example/@user", "shop.example:80"),
    ])
    func `a URL names one server in one form`(url: String, server: String) throws {
        #expect(try TargetServer(url: url).description == server)
    }

    @Test(arguments: [
        "", "shop.example", "ftp://shop.example", "http://", "http://:80", "http:///x",
        // Addresses that the C library reads, and others do not.
        "http://2130706433", "http://0x7f000001", "http://0x7f.1", "http://127.1",
        "http://0177.0.0.1", "http://127.0.0.1.", "http://1.2.3.4.5", "http://a.0x", "http://7",
        "http://127.0.0.0x1",
        // One host for some, another for others.
        "http://good.example@evil.example", "http://good.example:80@evil.example",
        "http://evil.example\\@good.example", "http://good.example%2eevil.example",
        "http://good.example%00.evil.example", "http:// good.example", "http://a\tb", "http://a\nb",
        "http://[::1", "http://[::1]x", "http://[::1%25lo]", "http://[127.0.0.1]", "http://[]",
        "http://::1", "http://bücher.example", "http://１２７.0.0.1", "http://evil。example",
        "http://a..b", "http://.a", "http://a:0", "http://a:65536", "http://a:80x", "http://a:-1",
        "http://a:000080", "http://a/\u{7F}",
    ])
    func `a URL that could be read in two ways is refused`(url: String) {
        #expect(throws: TargetHost.Fault.self) { try TargetServer(url: url) }
    }

    @Test func `a name may have 253 bytes and a part of it 63`() throws {
        let label = String(repeating: "a", count: 63)
        let longest =
            Array(repeating: label, count: 3).joined(separator: ".") + "."
            + String(repeating: "b", count: 61)
        #expect(longest.utf8.count == 253)
        #expect(try TargetHost(longest) == .name(longest))
        #expect(throws: TargetHost.Fault.self) { try TargetHost(longest + "b") }
        #expect(throws: TargetHost.Fault.self) { try TargetHost(label + "a") }
    }

    @Test func `no bytes of a URL do any harm`() {
        var random = SeededGenerator(seed: 3)
        let pieces = [
            "http://", "https://", "HTTP:", "//", "/", "?", "#", "@", ":", "[", "]", "[::1]", "::1",
            "127.0.0.1", "127.1", "0x7f", "2130706433", "a", "B.c", ".", "..", "-", "_", "%31",
            "\\",
            " ", "é", "80", "65536", "99999999999999999999", "*", "\u{0}", "\r\n",
        ]
        for _ in 0..<50_000 {
            let url =
                "http://"
                + (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    random.pick(pieces)
                }.joined()
            guard let server = try? TargetServer(url: url) else { continue }
            #expect((1...65_535).contains(server.port))
            // What was understood is understood in the same way again.
            #expect((try? TargetServer(url: "http://\(server)")) == server)
        }
    }
}
