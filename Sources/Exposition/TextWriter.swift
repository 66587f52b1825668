/// Writes families as text, byte by byte: a scrape has tens of thousands of lines.
struct TextWriter {
    let format: TextFormat
    private(set) var bytes: [UInt8] = []

    init(format: TextFormat) { self.format = format }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func write(_ family: MetricFamily) {
        let isOpen = format == .openMetrics
        let series =
            switch family.kind {
            case .counter: family.name + "_total"
            case .info: family.name + "_info"
            case .gauge, .histogram: family.name
            }
        let name = isOpen ? family.name : series
        // 0.0.4 knows no info.
        let kind = !isOpen && family.kind == .info ? "gauge" : family.kind.rawValue
        append("# HELP \(name) ")
        appendEscaped(family.help, quotes: isOpen)
        append("\n# TYPE \(name) \(kind)\n")
        if isOpen, let unit = family.unit { append("# UNIT \(name) \(unit)\n") }
        for point in family.points {
            let labels = labels(point)
            switch point.value {
            case .number(let value): line(series, labels, nil, Self.text(value))
            case .histogram(let histogram): lines(histogram, family.name, labels)
            }
            // 0.0.4 would take it for a gauge without a type.
            if isOpen, let created = point.created {
                line(family.name + "_created", labels, nil, Self.text(created))
            }
        }
    }

    private mutating func lines(_ histogram: MetricHistogram, _ name: String, _ labels: [UInt8]) {
        var count: UInt64 = 0
        let bucket = name + "_bucket"
        for (index, own) in histogram.counts.enumerated() {
            count &+= own
            let bound =
                index < histogram.bounds.count ? "\(histogram.bounds[index])" : "+Inf"
            line(bucket, labels, bound, "\(count)")
        }
        // OpenMetrics 1.0 wants count and sum in this order or none; both formats take it.
        line(name + "_count", labels, nil, "\(count)")
        line(name + "_sum", labels, nil, Self.text(histogram.sum))
    }

    private mutating func line(
        _ name: String, _ labels: [UInt8], _ bound: String?, _ value: String
    ) {
        append(name)
        if bound != nil || !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels)
            if let bound {
                if !labels.isEmpty { bytes.append(UInt8(ascii: ",")) }
                append("le=\"\(bound)\"")
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        append(value)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The labels of a point, once for all of its lines.
    private func labels(_ point: MetricPoint) -> [UInt8] {
        var writer = TextWriter(format: format)
        for (index, label) in point.labels.enumerated() {
            writer.append(index == 0 ? "\(label.name)=\"" : ",\(label.name)=\"")
            writer.appendEscaped(label.value, quotes: true)
            writer.append("\"")
        }
        return writer.bytes
    }

    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    /// Whole numbers without a fraction, which is what most are.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }
}
