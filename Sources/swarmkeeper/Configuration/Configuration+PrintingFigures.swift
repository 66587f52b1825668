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
        guard let telemetry else { return lines }
        lines += [
            "telemetry:", "  otlp:", "    endpoint: \(quoted(ShownURL.text(telemetry.endpoint)))",
            "    intervalSeconds: \(plain(telemetry.interval))",
        ]
        if let file = telemetry.authorityFile { lines.append("    caFile: \(quoted(file))") }
        if !telemetry.headers.isEmpty { lines.append("    headers:") }
        for header in telemetry.headers {
            lines.append("      - { name: \(quoted(header.name)), value: \"***\" }")
        }
        return lines
    }
}
