import JSON

/// A job's result for programs.
enum JobJSON {
    /// - Parameter exitCode: nil as long as the job goes on.
    static func document(_ result: JobResult, exitCode: Int32?) -> String {
        let members: [(name: String, value: JSONValue)] = [
            ("exitCode", exitCode.map { .int(Int64($0)) } ?? .null),
            ("result", .string(result.word)), ("resultCode", .int(Int64(result.end.code))),
            ("reason", .string(result.reason)), ("runId", text(result.runID)),
            ("reportUrl", text(result.url)), ("mistakes", .array(result.findings.map(mistake))),
            ("run", result.run), ("summary", result.summary),
        ]
        // A line each, so that a shell finds one.
        let lines = members.map { name, value in
            "\"\(name)\":" + String(decoding: value.encodedBytes, as: UTF8.self)
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private static func mistake(_ finding: DocumentFile.Finding) -> JSONValue {
        .object([
            "file": .string(finding.file),
            "line": finding.position.map { .int(Int64($0.line)) } ?? .null,
            "column": finding.position.map { .int(Int64($0.column)) } ?? .null,
            "message": .string(finding.message),
        ])
    }
}
