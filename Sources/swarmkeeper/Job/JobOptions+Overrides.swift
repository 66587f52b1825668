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
        var labels = arguments.isOn("ci-labels") ? PipelineLabels.read(environment) : [:]
        for text in arguments.all("label") {
            guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
                throw ArgumentError(message: "--label must be such as branch=main, not \(text)")
            }
            labels[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        return labels
    }
}

/// What a pipeline says of itself.
enum PipelineLabels {
    /// Longest value that the service takes.
    private static let bytesMax = 256

    /// From GitHub's and GitLab's variables; what is not set or too long is left out.
    static func read(_ environment: [String: String]) -> [String: String] {
        func first(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }
                .first { !$0.isEmpty && $0.utf8.count <= bytesMax }
        }
        var labels: [String: String] = [:]
        let isTag = environment["GITHUB_REF_TYPE"] == "tag"
        // Of a pull request GITHUB_REF_NAME is `7/merge`.
        labels["branch"] = first(
            "GITHUB_HEAD_REF", isTag ? "" : "GITHUB_REF_NAME",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH")
        labels["tag"] = first(isTag ? "GITHUB_REF_NAME" : "", "CI_COMMIT_TAG")
        labels["commit"] = first("GITHUB_SHA", "CI_COMMIT_SHA")
        labels["pipeline"] = first("GITHUB_RUN_ID", "CI_PIPELINE_ID")
        return labels
    }
}
