import JSON

/// A job's result for programs.
enum JobJSON {
    static func document(_ result: JobResult, exitCode: Int32) -> String {
        let value = JSONValue.object([
            "exitCode": .int(Int64(exitCode)), "result": .string(result.word),
            "resultCode": .int(Int64(result.end.code)), "reason": .string(result.reason),
            "runId": text(result.runID), "reportUrl": text(result.url), "run": result.run,
            "summary": result.summary,
            "mistakes": .array(result.findings.map(mistake)),
        ])
        return String(decoding: value.encodedBytes, as: UTF8.self) + "\n"
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
