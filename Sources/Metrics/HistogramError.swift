/// Why bytes are no histogram.
package enum HistogramError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Written by a later program, or no histogram at all.
    case unknownVersion(UInt8)
    case truncated
    /// A number that is too large, or longer than it needs to be.
    case malformedNumber
    /// The parts contradict each other.
    case inconsistent
    case trailingBytes

    package var description: String {
        switch self {
        case .unknownVersion(let version): "histogram: unknown version \(version)"
        case .truncated: "histogram: ends too early"
        case .malformedNumber: "histogram: malformed number"
        case .inconsistent: "histogram: contradicts itself"
        case .trailingBytes: "histogram: unexpected bytes behind it"
        }
    }
}
