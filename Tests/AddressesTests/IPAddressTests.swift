import TestSupport
import Testing

@testable import Addresses

struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("192.0.2.7", "192.0.2.7"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::0:1", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("::ffff:127.0.0.1", "127.0.0.1"), ("::ffff:7f00:1", "127.0.0.1"),
        ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ("::1.2.3.4", "::102:304"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func `an address reads as one and is written in one way`(text: String, written: String) {
        #expect(IPAddress(text)?.description == written)
    }

    @Test(arguments: [
        "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "0x7f.0.0.1", "127.1",
        "2130706433", "1.2.3.4 ", "+1.2.3.4", "1..2.3", "1.2.3.", ":", ":::", "1::2::3", "::12345",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", ":1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:", "fe80::1%eth0", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "[::1]", "::g",
        "::ffff:127.1", "１.2.3.4", "::/0",
    ])
    func `what only some programs take for an address is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `what was written is read again`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            var bits = UInt128(random.next()) << 64 | UInt128(random.next())
            // Runs of zeros are what can be written in several ways.
            for group in 0..<8 where random.chance(60) { bits &= ~(0xFFFF << (16 * group)) }
            let address =
                random.chance(20)
                ? IPAddress(v4: UInt32(truncatingIfNeeded: bits)) : IPAddress(v6: bits)
            #expect(IPAddress(address.description) == address)
        }
    }

    @Test func `any text is an address that is written again, or none`() {
        var random = SeededGenerator(seed: 2)
        let pieces = [
            "0", "1", "255", "256", "f", "ffff", ":", "::", ".", "127.0.0.1", "%", "x", "-",
        ]
        for _ in 0..<50_000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                random.pick(pieces)
            }.joined()
            if let address = IPAddress(text) { #expect(IPAddress(address.description) == address) }
        }
    }

    @Test(
        arguments: [
            ("10.0.0.1", []), ("2001:db8::1", []), ("::", []), ("::1", []),
            ("::127.0.0.1", ["127.0.0.1"]), ("::ffff:0:127.0.0.1", ["127.0.0.1"]),
            ("64:ff9b::127.0.0.1", ["127.0.0.1"]), ("2002:7f00:1::5", ["127.0.0.1"]),
            ("2001:0:a9fe:a9fe:0:0:80ff:fffe", ["169.254.169.254", "127.0.0.1"]),
            ("2001:db8::5efe:127.0.0.1", ["127.0.0.1"]),
            ("fe80::200:5efe:127.0.0.1", ["127.0.0.1"]),
            ("64:ff9c::127.0.0.1", []), ("2001:1::7f00:1", []),
        ] as [(String, [String])])
    func `an IPv6 address tells the IPv4 addresses that it carries`(text: String, carried: [String])
        throws
    {
        #expect(try #require(IPAddress(text)).embedded.map(\.description) == carried)
    }

    @Test func `bytes are an address in network order`() {
        #expect(IPAddress(bytes: [127, 0, 0, 1])?.description == "127.0.0.1")
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 7]
        #expect(IPAddress(bytes: mapped)?.description == "10.0.0.7")
        #expect(IPAddress(bytes: [1, 2, 3]) == nil)
    }
}
