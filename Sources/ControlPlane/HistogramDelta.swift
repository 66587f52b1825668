import Metrics

/// A histogram that stays encoded until somebody looks at it. Decoded it takes 100 KB where
/// response times lie far apart, encoded some hundred bytes; a long run has tens of thousands.
enum HistogramDelta: Sendable {
    case none
    case decoded(Histogram)
    case encoded([UInt8])

    var histogram: Histogram? {
        switch self {
        case .none: nil
        case .decoded(let histogram): histogram
        // We have written these bytes ourselves. Those that a damaged file returns cost the
        // percentiles one sample, and not a caller the whole series.
        case .encoded(let bytes): try? Histogram(decoding: bytes)
        }
    }

    var bytes: [UInt8]? {
        switch self {
        case .none: nil
        case .decoded(let histogram): histogram.encoded()
        case .encoded(let bytes): bytes
        }
    }
}

extension HistogramDelta: Equatable {
    static func == (left: Self, right: Self) -> Bool { left.histogram == right.histogram }
}
