import Foundation
import Synchronization
import TestSupport
import Testing

@testable import swarmkeeper

struct LogTextTests {
    /// Whether the runner of GitHub, Azure's agent, TeamCity or a terminal obeys this line.
    private func isObeyed(_ line: String) -> Bool {
        let scalars = line.unicodeScalars
        let start = scalars.drop { $0.properties.isWhitespace }
        return start.starts(with: "::".unicodeScalars)
            || Array(line.utf8).contains(Array("##[".utf8))
            || Array(line.utf8).contains(Array("##vso[".utf8))
            || Array(line.utf8).contains(Array("##teamcity[".utf8))
            || scalars.contains { $0.properties.generalCategory == .control }
    }

    @Test(arguments: JobSample.hostileTexts)
    func `no text of others is a command`(text: String) {
        #expect(!isObeyed(LogText.line(text)))
        #expect(!isObeyed(LogText.line("#" + text)))
        #expect(!isObeyed(LogText.line(":" + text)))
    }

    @Test func `other text stays as it is`() {
        for text in ["a::b", "  indented", "p95 < 300ms of \"GET /a#b\"", "# heading", "ß漢"] {
            #expect(LogText.line(text) == text)
        }
    }

    @Test func `a console says lines, masks secrets and keeps commands whole`() {
        let written = Mutex("")
        let console = JobConsole(isLive: false, isColored: false, secrets: ["s3cret-token"]) {
            text in written.withLock { $0 += text }
        }
        console.say("a s3cret-token\u{301} b", "x\n::error::y\u{1B}[2J", "::warning::z")
        console.command(JobGitHub.annotation(.error, title: "t", "s3cret-token\nsecond"))
        #expect(
            written.withLock { $0 } == """
                a ***\u{301} b
                x ::error::y [2J
                . ::warning::z
                ::error title=t::***%0Asecond

                """)
    }

    @Test func `a summary of hostile names has as many lines as it would have of others`() {
        let written = Mutex("")
        let console = JobConsole(isLive: false, isColored: false, secrets: []) { text in
            written.withLock { $0 += text }
        }
        for text in JobSample.hostileTexts {
            let run = JobSample.run(
                endReason: text, verdict: "failed", name: text,
                thresholds: [JobSample.threshold(text, "failed", reason: text)])
            written.withLock { $0 = "" }
            console.say(JobSummary.lines(JobSample.result(run), exitCode: 99))
            let lines = written.withLock { $0 }.split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 7, "\(lines)")
            for line in lines { #expect(!isObeyed(String(line)), "\(line)") }
        }
    }
}
