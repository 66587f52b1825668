import TestSupport
import Testing

@testable import Addresses

struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0", "10.255.255.255", "11.0.0.0"),
        ("10.0.0.7", "10.0.0.7", "10.0.0.7", "10.0.0.8"),
        ("10.0.0.6/31", "10.0.0.6", "10.0.0.7", "10.0.0.8"),
        ("fd00::/8", "fd00::", "fdff:ffff::1", "fe00::"),
        ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", "::1"),
        ("::/0", "::", "ffff::", "127.0.0.1"),
        ("::ffff:10.0.0.0/104", "10.0.0.0", "10.255.255.255", "::ffff:0:10.0.0.0"),
    ])
    func `a range has its first and its last address and none beyond`(
        range: String, first: String, last: String, beyond: String
    ) throws {
        let range = try AddressRange(range)
        #expect(range.contains(try #require(IPAddress(first))))
        #expect(range.contains(try #require(IPAddress(last))))
        #expect(!range.contains(try #require(IPAddress(beyond))))
    }

    @Test(arguments: [
        "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08x", "10.0.0.1/8",
        "10.0.0.0/8/8", "fd00::/129", "fd00::1/8", "::ffff:10.0.0.0/8", "10/8", "example.org",
    ])
    func `what is no range, or one with bits behind its prefix, is refused`(text: String) {
        #expect(throws: AddressRange.Fault.self) { try AddressRange(text) }
    }

    @Test func `a range is in another where all of its addresses are`() throws {
        let wide = try AddressRange("10.0.0.0/8")
        #expect(wide.contains(try AddressRange("10.1.0.0/16")))
        #expect(wide.contains(wide))
        #expect(!wide.contains(try AddressRange("0.0.0.0/0")))
        #expect(!(try AddressRange("::/0")).contains(wide))
    }

    @Test func `every special range is read`() {
        #expect(SpecialRange.all.count == 20)
    }

    @Test(arguments: [
        ("127.8.9.1", "a loopback address"), ("169.254.1.1", "a link-local address"),
        ("169.254.169.254", "a metadata address"), ("fd00:ec2::254", "a metadata address"),
        ("::", "the unspecified address"), ("ff02::1", "a multicast address"),
        ("255.255.255.255", "a reserved address"), ("0.0.0.0", "an unspecified address"),
    ])
    func `the narrowest special range counts`(address: String, name: String) throws {
        #expect(SpecialRange.containing(try #require(IPAddress(address)))?.name == name)
    }

    @Test(arguments: ["8.8.8.8", "10.0.0.1", "192.168.1.1", "2001:db8::1", "fd12::1"])
    func `public and private addresses are not special`(address: String) throws {
        #expect(SpecialRange.containing(try #require(IPAddress(address))) == nil)
    }
}
