import Foundation

/// What GitHub's runner is told: annotations in the log, outputs for later steps, and a summary.
enum JobGitHub {
    enum Level: String {
        case error, warning, notice
    }

    /// A workflow command, with everything in it escaped that would end it or begin another one.
    static func annotation(
        _ level: Level, title: String, _ message: String,
        place: DocumentFile.Finding? = nil
    ) -> String {
        var properties: [(String, String)] = []
        if let place, let position = place.position {
            properties = [
                ("file", place.file), ("line", "\(position.line)"), ("col", "\(position.column)"),
            ]
        }
        properties.append(("title", title))
        let list = properties.map { "\($0)=\(property($1))" }.joined(separator: ",")
        return "::\(level.rawValue) \(list)::\(data(message))"
    }

    /// As the runner's own toolkit does it.
    static func data(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { DisplayWidth.printable(String($0)).replacingScalars(["%": "%25"]) }
            .joined(separator: "%0A")
    }

    static func property(_ text: String) -> String {
        data(text).replacingScalars([":": "%3A", ",": "%2C"])
    }

    static func annotations(_ result: JobResult) -> [String] {
        if !result.findings.isEmpty {
            return result.findings.map {
                annotation(.error, title: "Load test", $0.message, place: $0)
            }
        }
        var lines: [String] = []
        if result.isOver {
            lines = result.checks.compactMap { check in
                let said = [check.actual.map { "measured \($0)" }, check.reason]
                let text = check.expression + ": " + said.compactMap(\.self).joined(separator: "; ")
                switch check.outcome {
                case .broken: return annotation(.error, title: "Threshold broken", text)
                case .warned: return annotation(.warning, title: "Threshold broken", text)
                case .held, .unknown: return nil
                }
            }
        }
        switch result.end {
        case .passed:
            guard result.checks.isEmpty else { break }
            lines.append(annotation(.notice, title: "Load test", result.reason))
        case .inconclusive:
            lines.append(annotation(.warning, title: "Load test inconclusive", result.reason))
        case .thresholdsFailed where !lines.isEmpty: break
        default:
            lines.append(
                annotation(.error, title: "Load test", "\(result.end.word): \(result.reason)"))
        }
        return lines
    }

    /// Outputs in the form of the runner's file, whose values end with a word that nobody can know
    /// before.
    static func outputs(_ values: [(name: String, value: String)]) -> String {
        values.map { name, value in
            let delimiter = "end-\(UUID().uuidString)"
            // In one line: no reader of outputs expects more of these.
            return "\(name)<<\(delimiter)\n\(DisplayWidth.printable(value))\n\(delimiter)\n"
        }.joined()
    }

    static func outputs(_ result: JobResult, exitCode: Int32) -> [(name: String, value: String)] {
        [
            ("run_id", result.runID ?? ""), ("report_url", result.url ?? ""),
            ("result", result.word), ("result_code", "\(result.end.code)"),
            ("exit_code", "\(exitCode)"), ("reason", result.reason),
            ("state", result.run["state"]?.text ?? ""),
            ("end_reason", result.run["endReason"]?.text ?? ""),
            ("verdict", result.run["verdict"]?.text ?? ""),
        ]
    }

    /// The runner's files, by the variables that name them.
    enum File: String, CaseIterable {
        case outputs = "GITHUB_OUTPUT"
        case summary = "GITHUB_STEP_SUMMARY"
    }

    /// Adds to one of the runner's files.
    ///
    /// - Returns: why it cannot be; nil where it was done.
    static func append(_ text: String, to file: File, _ environment: [String: String]) -> String? {
        guard let path = environment[file.rawValue], !path.isEmpty else {
            return "--github: \(file.rawValue) is not set: this is no job of GitHub's"
        }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return "\(path): \(Descriptor.Failure(errno).reason)" }
        defer { close(descriptor) }
        do throws(Descriptor.Failure) {
            try Descriptor.write(text, to: descriptor)
            return nil
        } catch {
            return "\(path): \(error.reason)"
        }
    }
}
