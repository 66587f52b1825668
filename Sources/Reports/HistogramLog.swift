import ControlPlane
import Foundation
import Metrics

/// Response times in the text format of HdrHistogram's logs, version 1.3, which its own tools and
/// libraries read: a line for each interval, with the whole histogram in it. Lines of an endpoint
/// have its name as their tag; those without a tag are of all requests.
package enum HistogramLog {
    package static let mediaType = "text/plain; charset=utf-8"
    /// "V2, compressed", as `AbstractHistogram.encodeIntoCompressedByteBuffer` writes it.
    private static let cookie: UInt32 = 0x1c84_9304 | 0x10

    /// - Parameter start: of the run, from which all times count.
    package static func head(start: Date) -> String {
        let seconds = decimals(start.timeIntervalSince1970)
        return """
            #[Histogram log format version 1.3]
            #[StartTime: \(seconds) (seconds since epoch), \(Timestamp.format(start))]
            #[BaseTime: \(seconds) (seconds since epoch)]
            #[Values are response times in microseconds; Interval_Max is in milliseconds]
            #[Lines with a Tag are of one endpoint, as METHOD:name; those without of all requests]
            "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

            """
    }

    /// One line of the log, with where it belongs in it.
    package struct Line: Sendable {
        package let time: Date
        package let text: String
    }

    /// The lines of one endpoint, or of all requests, whose intervals end in `window`.
    ///
    /// - Parameters:
    ///   - samples: those of the window and at least one of each source before it.
    ///   - start: of the run.
    package static func lines(
        _ samples: [TimedSample], of endpoint: Endpoint?, in window: Range<Date>, start: Date
    ) -> [Line] {
        var before: [Observation.Source: Date] = [:]
        return samples.compactMap { timed in
            let from = max(start, before[timed.source] ?? start)
            before[timed.source] = timed.time
            guard window.contains(timed.time), let histogram = timed.sample.histogramDelta,
                !histogram.isEmpty, let text = encoded(histogram)
            else { return nil }
            let fields = [
                decimals(from.timeIntervalSince(start)),
                decimals(max(0, timed.time.timeIntervalSince(from))),
                decimals(Double(histogram.max) / 1000), text,
            ]
            let tag = endpoint.map { "Tag=\(Self.tag($0))," } ?? ""
            return Line(time: timed.time, text: tag + fields.joined(separator: ",") + "\n")
        }
    }

    /// A histogram as the last field of a line has it.
    static func encoded(_ histogram: Histogram) -> String? {
        guard let compressed = Deflate.compress(histogram.hdrEncoded()) else { return nil }
        var bytes: [UInt8] = []
        for number in [cookie, UInt32(compressed.count)] {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return Data(bytes + compressed).base64EncodedString()
    }

    /// What ends a tag, a field or a line has no place in a tag, and is percent-encoded.
    static func tag(_ endpoint: Endpoint) -> String {
        "\(endpoint.method):\(endpoint.name)".utf8.map { byte in
            let isPlain = byte > 32 && byte < 127 && !#","%""#.utf8.contains(byte)
            guard !isPlain else { return String(UnicodeScalar(byte)) }
            let hex = String(byte, radix: 16, uppercase: true)
            return "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }

    private static func decimals(_ number: Double) -> String {
        let thousandths = Int64((number * 1000).rounded())
        let fraction = String(thousandths % 1000 + 1000).dropFirst()
        return "\(thousandths / 1000).\(fraction)"
    }
}
