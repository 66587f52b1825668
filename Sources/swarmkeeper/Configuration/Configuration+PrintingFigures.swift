import API

extension Configuration {
    var printedFigures: [String] {
        var lines: [String] = []
        if metrics != MetricsSettings() {
            lines += [
                "metrics:", "  access: \(metrics.access.rawValue)",
                "  endpointsPerRun: \(metrics.endpointsPerRun)",
            ]
            if metrics.token != nil { lines.append("  token: \"***\"") }
        }
        guard let otlp else { return lines }
        lines += [
            "telemetry:", "  otlp:", "    endpoint: \(quoted(ShownURL.text(otlp.endpoint)))",
            "    intervalSeconds: \(plain(otlp.interval))",
        ]
        if let file = otlp.authorityFile { lines.append("    caFile: \(quoted(file))") }
        if !otlp.headers.isEmpty { lines.append("    headers:") }
        for header in otlp.headers {
            lines.append("      - { name: \(quoted(header.name)), value: \"***\" }")
        }
        return lines
    }
}
