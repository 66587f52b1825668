/// The two texts that Prometheus and its kin read.
package enum TextFormat: Sendable, CaseIterable {
    /// OpenMetrics 1.0.
    case openMetrics
    /// Prometheus' own text format 0.0.4: no units, no end, and `_total` in counters' own names.
    case prometheus

    package var contentType: String {
        switch self {
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        }
    }

    /// What a scraper's `Accept` asks for: OpenMetrics where it takes that at least as gladly as
    /// plain text, and plain text otherwise, which everything reads (RFC 9110, section 12.5.1).
    package static func accepted(by field: String?) -> TextFormat {
        guard let field else { return .prometheus }
        var (open, plain) = (0.0, 0.0)
        for range in field.lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map { trimmed($0) }
            let quality =
                parts.dropFirst().first { $0.hasPrefix("q=") }
                .map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch parts.first {
            case "application/openmetrics-text":
                let version = parts.dropFirst().first { $0.hasPrefix("version=") }
                let isKnown = version.map { ["version=1.0.0", "version=0.0.1"].contains($0) }
                if isKnown ?? true { open = max(open, quality) }
            case "text/plain", "text/*", "*/*": plain = max(plain, quality)
            default: break
            }
        }
        return open > 0 && open >= plain ? .openMetrics : .prometheus
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// The families, in their order; those without a value are left out.
    package func text(of families: [MetricFamily]) -> [UInt8] {
        var writer = TextWriter(format: self)
        for family in families where !family.points.isEmpty { writer.write(family) }
        if self == .openMetrics { writer.append("# EOF\n") }
        return writer.bytes
    }
}
