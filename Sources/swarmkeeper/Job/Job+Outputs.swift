import Glibc
import JSON

extension Job {
    /// Writes and tells the result.
    ///
    /// A build whose results are not to be found is not green. So what says nothing of the exit
    /// code is written first, and what says it last.
    ///
    /// - Returns: the exit code.
    func conclude(_ result: JobResult) async -> Int32 {
        var result = result
        result.isTolerated = result.end != .passed && options.tolerated.contains(result.end)
        var code = result.isTolerated ? 0 : result.end.code
        func note(_ fault: String?) {
            guard let fault else { return }
            console.say(fault)
            if code == 0 { code = JobEnd.failed.code }
        }
        let markdown = await markdown(result) ?? ""
        note(write(JobJUnit.document(result), to: options.outputs.junit))
        note(write(markdown, to: options.outputs.markdown))
        if options.tellsGitHub {
            for line in JobGitHub.annotations(result) { console.command(line) }
            note(append(markdown, to: .summary))
            note(append(JobGitHub.outputs(result, exitCode: code)))
        }
        let before = code
        note(write(JobJSON.document(result, exitCode: code), to: options.outputs.json))
        if code != before, options.tellsGitHub {
            // Of several values of a name the last one holds.
            note(append(JobGitHub.outputs(result, exitCode: code)))
        }
        console.say(JobSummary.lines(result, exitCode: code))
        return code
    }

    /// Where the run is to be found, and that it was accepted, for what comes behind a job that is
    /// killed. It has no exit code yet.
    func tellEarly(_ result: JobResult) {
        if let path = options.outputs.json, path != "-", OutputFile.isReplaced(path) {
            tell(write(JobJSON.document(result, exitCode: nil), to: path))
        }
        guard options.tellsGitHub else { return }
        tell(append([("run_id", result.runID ?? ""), ("report_url", result.url ?? "")]))
    }

    /// Nil where nobody wants it.
    private func markdown(_ result: JobResult) async -> String? {
        guard options.outputs.markdown != nil || options.tellsGitHub else { return nil }
        var report: String?
        if result.isOver, let id = result.runID {
            let answer = await detail("report?format=markdown", of: id, accept: "text/markdown")
            report = answer.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
        return JobMarkdown.document(result, report: report)
    }

    /// - Returns: why it could not be written.
    private func write(_ text: @autoclosure () -> String, to path: String?) -> String? {
        guard let path else { return nil }
        do {
            if path == "-" {
                try Descriptor.write(console.masked(text()), to: STDOUT_FILENO)
            } else {
                let file = try OutputFile(path)
                file.write(console.masked(text()))
                try file.finish()
            }
            return nil
        } catch {
            return "\(path): \(error)"
        }
    }

    private func append(_ text: String, to file: JobGitHub.File) -> String? {
        JobGitHub.append(console.masked(text), to: file, environment)
    }

    private func append(_ outputs: [(name: String, value: String)]) -> String? {
        append(JobGitHub.outputs(outputs), to: .outputs)
    }

    private func tell(_ fault: String?) {
        if let fault { console.say(fault) }
    }
}
