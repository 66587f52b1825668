import Foundation
import TestSupport
import Testing

@testable import ControlPlane

struct TimestampTests {
    @Test(arguments: [
        ("2027-01-15T08:00:00Z", 1_800_000_000), ("2027-01-15T08:00:00.25Z", 1_800_000_000.25),
        ("2027-01-15T08:00:00.123456789Z", 1_800_000_000.123456),
        ("2027-01-15t09:30:00+01:30", 1_800_000_000), ("2027-01-15 00:00:00-08:00", 1_800_000_000),
        ("1970-01-01T00:00:00z", 0), ("1969-12-31T23:59:59Z", -1),
        ("2024-02-29T00:00:00Z", 1_709_164_800), ("2000-02-29T12:00:00Z", 951_825_600),
        ("2016-12-31T23:59:60Z", 1_483_228_800), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
    func `a time is read as RFC 3339 writes it`(text: String, expected: Double) throws {
        #expect(try #require(Timestamp.parse(text)).timeIntervalSince1970 == expected)
    }

    @Test(arguments: [
        "", "2027-01-15", "2027-01-15T08:00Z", "2027-01-15T08:00:00", "2027-1-15T08:00:00Z",
        "2027-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2027-04-31T00:00:00Z",
        "2027-13-01T00:00:00Z", "2027-00-01T00:00:00Z", "2027-01-00T00:00:00Z",
        "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z", "2027-01-15T08:00:61Z",
        "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00+0100", "2027-01-15T08:00:00+24:00",
        "2027-01-15T08:00:00ZZ", "+2027-01-15T08:00:00Z", "12027-01-15T08:00:00Z",
        "2027-01-15T08:00:00,5Z", "٢٠٢٧-01-15T08:00:00Z", "0000-01-01T00:00:00Z",
    ])
    func `what is no time is nothing`(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test func `a time that was written is read back to the millisecond`() throws {
        var generator = SeededGenerator(seed: 3339)
        for _ in 0..<2000 {
            let milliseconds = Int.random(in: 0...253_402_300_799_999, using: &generator)
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            let read = try #require(Timestamp.parse(Timestamp.format(date)))
            #expect(abs(read.timeIntervalSince(date)) < 0.0011)
        }
    }
}
