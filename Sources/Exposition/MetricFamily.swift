/// All series of one name, as OpenMetrics 1.0 has it: what is counted, in which unit, and the
/// values now.
package struct MetricFamily: Equatable, Sendable {
    package enum Kind: String, Sendable {
        /// Only grows; starts at 0 with its process, or with what it counts.
        case counter
        case gauge
        case histogram
        /// A gauge of 1 whose labels are what is told.
        case info
    }

    /// Without the `_total` of a counter and the `_info` of an info; ends with the unit, if any.
    package let name: String
    package let kind: Kind
    /// A base unit: `seconds`, `bytes`; nil for plain numbers.
    package let unit: String?
    package let help: String
    package var points: [MetricPoint]

    package init(
        _ name: String, _ kind: Kind, unit: String? = nil, help: String,
        _ points: [MetricPoint] = []
    ) {
        precondition(Self.isName(name), "\(name) is no name of a metric")
        precondition(
            unit.map { name.hasSuffix("_\($0)") } ?? true, "\(name) does not end with its unit")
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.points = points
    }

    /// How many lines of values the family takes, which is how many series a server stores.
    package var seriesCount: Int { points.reduce(0) { $0 + $1.seriesCount } }

    /// ABNF of `metricname` without its colons, which are for rules.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == 0x5F || isLetter(first) else { return false }
        return text.utf8.allSatisfy { $0 == 0x5F || isLetter($0) || (0x30...0x39).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
    }
}

/// One combination of labels with its value.
package struct MetricPoint: Equatable, Sendable {
    package enum Value: Equatable, Sendable {
        case number(Double)
        case histogram(MetricHistogram)
    }

    /// In the order in which they are written; names are the program's own.
    package let labels: [(name: String, value: String)]
    package let value: Value
    /// Seconds since 1970 at which a counter or histogram began with 0; nil where nobody asks.
    package let created: Double?

    package init(
        _ value: Double, _ labels: [(name: String, value: String)] = [], created: Double? = nil
    ) {
        (self.value, self.labels, self.created) = (.number(value), labels, created)
    }

    package init(
        _ histogram: MetricHistogram, _ labels: [(name: String, value: String)] = [],
        created: Double? = nil
    ) {
        (self.value, self.labels, self.created) = (.histogram(histogram), labels, created)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.value == right.value && left.created == right.created
            && left.labels.elementsEqual(right.labels) { $0 == $1 }
    }

    var seriesCount: Int {
        let own =
            if case .histogram(let histogram) = value { histogram.counts.count + 2 } else { 1 }
        return own + (created == nil ? 0 : 1)
    }
}

/// Counts of values under fixed bounds.
package struct MetricHistogram: Equatable, Sendable {
    /// Rising.
    package let bounds: [Double]
    /// Of each bound the values that are at most it and above the one before; behind them the
    /// rest. One more than bounds.
    package let counts: [UInt64]
    package let sum: Double

    package init(bounds: [Double], counts: [UInt64], sum: Double) {
        precondition(counts.count == bounds.count + 1, "a histogram has one count more than bounds")
        (self.bounds, self.counts, self.sum) = (bounds, counts, sum)
    }

    package var total: UInt64 { counts.reduce(0, &+) }
}
