import API
import Foundation
import YAML

/// Who may see figures, and where they are sent.
extension ConfigurationReader {
    mutating func readMetrics(_ node: Node?) {
        let fields = reader.fields(of: node, known: ["access", "token", "endpointsPerRun"])
        let access = choice(
            fields["access"], "access", among: MetricsSettings.Access.allCases)
        if let access { configuration.metrics.access = access }
        if fields["token"] != nil { configuration.metrics.token = token("token", in: fields) }
        let endpoints = reader.integer(
            fields["endpointsPerRun"], "endpointsPerRun", in: 0...MetricsSettings.endpointsMax)
        if let endpoints { configuration.metrics.endpointsPerRun = endpoints }
    }

    mutating func readTelemetry(_ node: Node?) {
        let fields = reader.fields(of: node, known: ["otlp"])
        guard let node = fields["otlp"] else { return }
        let otlp = reader.fields(
            of: node, known: ["endpoint", "intervalSeconds", "headers", "caFile"])
        var settings = TelemetrySettings(endpoint: "")
        if otlp["endpoint"] == nil { reader.report(otlp.position, "endpoint is missing") }
        if let node = otlp["endpoint"], let url = url(node, "endpoint") {
            settings.endpoint = url
        }
        let seconds = reader.seconds(otlp["intervalSeconds"], "intervalSeconds", in: 1...3600)
        if let seconds { settings.interval = .seconds(seconds) }
        if otlp["caFile"] != nil, let file = reader.requiredString("caFile", in: otlp) {
            settings.authorityFile = file
        }
        for item in reader.items(of: otlp["headers"], what: "headers") {
            readHeader(item, &settings)
        }
        configuration.otlp = settings
    }

    private mutating func readHeader(_ item: Node, _ settings: inout TelemetrySettings) {
        let fields = reader.fields(of: item, known: ["name", "value"])
        let name = reader.requiredString("name", in: fields)
        let value = reader.requiredString("value", in: fields)
        guard let name, let value else { return }
        let position = fields["name"]?.position ?? fields.position
        // RFC 9110, section 5.1: a name is a token.
        guard
            name.allSatisfy({
                $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0))
            })
        else {
            return reader.report(position, "\(name) is no name of a header")
        }
        guard !TelemetrySettings.ownHeaders.contains(name.lowercased()) else {
            return reader.report(position, "the header \(name) is set by the service itself")
        }
        guard !settings.headers.contains(where: { $0.name.lowercased() == name.lowercased() })
        else { return reader.report(position, "the header \(name) is given twice") }
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return reader.report(
                fields["value"]?.position ?? fields.position,
                "the value of a header must be printable ASCII")
        }
        settings.headers.append(.init(name: name, value: value))
    }
}
