import JSON

extension JobOptions {
    /// Which flag says what a field of a start's body says.
    static let flagsByPointer = [
        "/targetUsers": "--users", "/spawnRate": "--spawn-rate", "/durationSeconds": "--duration",
        "/targetUrl": "--target", "/locustClusterId": "--cluster", "/thresholds": "--threshold",
        "/queueTimeoutSeconds": "--queue-timeout", "/labels": "--label",
    ]

    /// Values are checked by the service, which knows what they may be; only their kind is checked
    /// here.
    static func overrides(_ arguments: Arguments, _ environment: [String: String])
        throws(ArgumentError) -> [String: JSONValue]
    {
        var body: [String: JSONValue] = [:]
        if let users = try arguments.number("users", in: 1...Int.max) {
            body["targetUsers"] = .int(Int64(users))
        }
        if let rate = try arguments.number("spawn-rate", in: 0...Double.greatestFiniteMagnitude) {
            body["spawnRate"] = .double(rate)
        }
        let texts = [
            ("duration", "durationSeconds"), ("target", "targetUrl"),
            ("cluster", "locustClusterId"),
        ]
        for (flag, field) in texts {
            if let text = arguments[flag] { body[field] = .string(text) }
        }
        let thresholds = arguments.all("threshold")
        if !thresholds.isEmpty { body["thresholds"] = .array(thresholds.map { .string($0) }) }
        if arguments.isOn("queue") { body["whenBusy"] = .string("queue") }
        if let text = arguments["queue-timeout"] {
            guard arguments.isOn("queue") else {
                throw ArgumentError(message: "--queue-timeout goes with --queue")
            }
            body["queueTimeoutSeconds"] = .string(text)
        }
        let labels = try labels(arguments, environment)
        if !labels.isEmpty { body["labels"] = .object(labels.mapValues { .string($0) }) }
        return body
    }

    private static func labels(_ arguments: Arguments, _ environment: [String: String])
        throws(ArgumentError) -> [String: String]
    {
        var labels = arguments.isOn("no-ci-labels") ? [:] : PipelineLabels.read(environment)
        for text in arguments.all("label") {
            guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
                throw ArgumentError(message: "--label must be such as branch=main, not \(text)")
            }
            labels[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        return labels
    }
}
