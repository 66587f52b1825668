import Foundation
import Testing

@testable import Metrics

struct HdrHistogramTests {
    /// As HdrHistogram's Python library 0.10.8 writes the same values, uncompressed.
    @Test(
        arguments: [
            ([(1, 1)], "HISTEwAAAAIAAAAAAAAAAwAAAAAAAAABAAAAD/////8/8AAAAAAAAAEC"),
            (
                [
                    (0, 3), (2, 1), (2047, 5), (2048, 1), (12_951, 100_000), (68_719_476_735, 2),
                ], "HISTEwAAABAAAAAAAAAAAwAAAAAAAAABAAAAD/////8/8AAAAAAAAAYBAvcfCgKhKcCaDNfmAgQ="
            ),
            (
                (0..<40).map { (5000 + $0 * 37, $0 + 1) },
                "HISTEwAAAFEAAAAAAAAAAwAAAAAAAAABAAAAD/////8/8AAAAAAAAMMzAg8EDwYPCBEKDwwPDg8"
                    + "QERIPFA8W"
                    + "DxgRGg8cDx4PIBEiDyQPJg8oESoPLA8uDzARMg80DzYPOBE6DzwPPg9AEUIPRA9GD0gRSg9MD04P"
                    + "UA=="
            ),
        ] as [([(UInt64, UInt64)], String)])
    func `what its own library writes is written byte for byte`(
        values: [(UInt64, UInt64)], expected: String
    ) {
        var histogram = Histogram()
        for (value, count) in values { histogram.record(value, count: count) }
        #expect(Data(histogram.hdrEncoded()).base64EncodedString() == expected)
    }

    @Test func `a count of any size ends within nine bytes`() {
        var histogram = Histogram()
        histogram.record(0, count: .max)
        let counts = histogram.hdrEncoded().dropFirst(40)
        #expect(Array(counts) == [254] + Array(repeating: 255, count: 8))
    }

    @Test func `nothing is written as no counts`() {
        #expect(Histogram().hdrEncoded().count == 40)
    }
}
