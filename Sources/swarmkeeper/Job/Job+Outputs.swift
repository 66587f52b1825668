import Glibc
import JSON

extension Job {
    /// Writes and tells the result.
    ///
    /// - Returns: the exit code.
    func conclude(_ result: JobResult) async -> Int32 {
        var code = options.tolerated.contains(result.end) ? 0 : result.end.code
        let markdown = await markdown(result)
        let faults = write(result, markdown, code)
        // A build whose results are not to be found is not green.
        if code == 0, !faults.isEmpty { code = JobEnd.failed.code }
        for fault in faults { console.say(fault) }
        if options.tellsGitHub { tellGitHub(result, markdown, code) }
        console.say(JobSummary.lines(result))
        return code
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

    /// - Returns: what could not be written.
    private func write(_ result: JobResult, _ markdown: String?, _ code: Int32) -> [String] {
        var faults: [String] = []
        func write(_ path: String?, _ text: @autoclosure () -> String) {
            guard let path else { return }
            do {
                if path == "-" {
                    try Descriptor.write(console.masked(text()), to: STDOUT_FILENO)
                } else {
                    let file = try OutputFile(path)
                    file.write(console.masked(text()))
                    try file.finish()
                }
            } catch {
                faults.append("\(path): \(error)")
            }
        }
        write(options.outputs.junit, JobJUnit.document(result))
        write(options.outputs.json, JobJSON.document(result, exitCode: code))
        write(options.outputs.markdown, markdown ?? "")
        return faults
    }

    private func tellGitHub(_ result: JobResult, _ markdown: String?, _ code: Int32) {
        for line in JobGitHub.annotations(result) { console.command(line) }
        let outputs = JobGitHub.outputs(JobGitHub.outputs(result, exitCode: code))
        tell(JobGitHub.append(console.masked(outputs), to: "GITHUB_OUTPUT", environment))
        tell(
            JobGitHub.append(
                console.masked(markdown ?? ""), to: "GITHUB_STEP_SUMMARY", environment))
    }
}
