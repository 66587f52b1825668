import Glibc
import JSON
import TestSupport
import Testing

@testable import swarmkeeper

struct JobOptionsTests {
    private func options(_ words: [String], _ environment: [String: String] = [:]) throws
        -> JobOptions
    {
        try JobOptions(
            try Arguments(words, flags: RunCommand.flags, environment: environment),
            environment: environment)
    }

    @Test func `words become the body of a start`() throws {
        let options = try options([
            "--file", "t.yaml", "--users", "20", "--spawn-rate", "2.5", "--duration", "1m30s",
            "--target", "http://x", "--cluster", "c", "--threshold", "p95 < 1s",
            "--threshold=max < 2s", "--queue", "--queue-timeout", "10m", "--label", "a=b=c",
            "--tenant", "t", "--env", "e", "--timeout", "1h", "--idempotency-key", "k",
        ])
        #expect(options.source == .file("t.yaml"))
        #expect(
            options.overrides
                == (try JobSample.json(
                    """
                    {'targetUsers': 20, 'spawnRate': 2.5, 'durationSeconds': '1m30s',
                     'targetUrl': 'http://x', 'locustClusterId': 'c', 'whenBusy': 'queue',
                     'queueTimeoutSeconds': '10m', 'thresholds': ['p95 < 1s', 'max < 2s'],
                     'labels': {'a': 'b=c'}}
                    """
                ).members))
        #expect(options.timeout == .seconds(3600) && options.key == "k" && options.waits)
        #expect(try self.options(["--test", "a"]).overrides == [:])
        #expect(try self.options(["--test", "a", "--wait=false"]).waits == false)
        #expect(try self.options(["--test", "a", "--no-wait"]).waits == false)
    }

    @Test(
        arguments: [
            [], ["--test", "a", "--file", "b"], ["--test", "a", "word"], ["--test", ""],
            ["--test", "a", "--users", "0"], ["--test", "a", "--users", "x"],
            ["--test", "a", "--label", "x"], ["--test", "a", "--label", "=x"],
            ["--test", "a", "--timeout", "soon"], ["--test", "a", "--timeout", "0"],
            ["--test", "a", "--queue-timeout", "1m"], ["--test", "a", "--exit-zero-on", "x"],
            ["--test", "a", "--wait", "--no-wait"], ["--test", "a", "--no-wait", "--junit", "x"],
            ["--test", "a", "--json", "-", "--markdown", "-"],
            ["--test", "a", "--json", "x", "--markdown", "x"],
            ["--test", "a", "--idempotency-key", "a b"], ["--test", "a", "--idempotency-key", ""],
        ])
    func `what is not complete or does not go together is refused`(words: [String]) {
        #expect(throws: ArgumentError.self) { try options(words) }
    }

    @Test func `a wrong line and a missing token are invalid input, and no token is told`()
        async throws
    {
        func run(_ words: [String], _ environment: [String: String] = [:]) async -> Int32 {
            await Program.run(["run"] + words, environment: environment)
        }
        #expect(await run([]) == 104)
        #expect(await run(["--nonsense"]) == 104)
        #expect(await run(["--test", "a"]) == 104)
        #expect(await run(["--test", "a", "--token", "x"], [:]) == 104)
        #expect(await run(["--test", "a", "--token-file", "/no/such"]) == 104)
        #expect(await run(["--test", "a"], ["SWARMKEEPER_TOKEN": "two words"]) == 104)
        #expect(
            await run(["--test", "a", "--url", "x"], ["SWARMKEEPER_TOKEN": "token"]) == 104)
    }

    @Test func `a signal that is ignored is known`() {
        // Nobody here waits for a window to change its size.
        #expect(!Signals.isIgnored(SIGWINCH))
        signal(SIGWINCH, SIG_IGN)
        #expect(Signals.isIgnored(SIGWINCH))
        signal(SIGWINCH, SIG_DFL)
        #expect(!Signals.isIgnored(SIGWINCH))
    }

    @Test func `pipelines say where they are`() throws {
        let pull = [
            "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "7/merge",
            "GITHUB_REF": "refs/pull/7/merge", "GITHUB_HEAD_REF": "feature/x", "GITHUB_SHA": "abc",
            "GITHUB_RUN_ID": "42",
        ]
        #expect(
            PipelineLabels.read(pull)
                == ["branch": "7/merge", "commit": "abc", "pipeline": "42"])
        // A fork may call its branch as it likes, and `pull_request_target` runs for the base.
        for name in ["main", String(repeating: "x", count: 300)] {
            let fork = pull.merging([
                "GITHUB_HEAD_REF": name, "GITHUB_REF_NAME": "main", "GITHUB_REF": "refs/heads/main",
            ]) { $1 }
            #expect(PipelineLabels.read(fork)["branch"] == nil)
        }
        // Neither may what somebody's comment or fork sets off, which runs by the default branch.
        let branch = [
            "GITHUB_REF_TYPE": "branch", "GITHUB_REF_NAME": "main", "GITHUB_REF": "refs/heads/main",
        ]
        for (event, expected) in [
            ("push", "main"), ("schedule", "main"), ("workflow_run", nil), ("issue_comment", nil),
        ] {
            let labels = PipelineLabels.read(branch.merging(["GITHUB_EVENT_NAME": event]) { $1 })
            #expect(labels["branch"] == expected, "\(event)")
        }
        let tag = [
            "GITHUB_REF_TYPE": "tag", "GITHUB_REF_NAME": "v1", "GITHUB_HEAD_REF": "",
            "GITHUB_SHA": "abc",
        ]
        #expect(PipelineLabels.read(tag) == ["tag": "v1", "commit": "abc"])
        let lab = [
            "CI_COMMIT_BRANCH": "main", "CI_COMMIT_SHA": "def", "CI_PIPELINE_ID": "9",
            "CI_COMMIT_TAG": String(repeating: "x", count: 300),
        ]
        #expect(
            PipelineLabels.read(lab) == ["branch": "main", "commit": "def", "pipeline": "9"])
        #expect(PipelineLabels.read([:]).isEmpty)
        let request = [
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "main", "CI_MERGE_REQUEST_PROJECT_ID": "1",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_MERGE_REQUEST_IID": "7",
        ]
        #expect(PipelineLabels.read(request) == ["branch": "main"])
        let ofFork = request.merging(["CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"]) { $1 }
        #expect(PipelineLabels.read(ofFork) == ["branch": "merge-requests/7"])
        let longest = String(repeating: "ü", count: 256)
        #expect(PipelineLabels.read(["CI_COMMIT_BRANCH": longest]) == ["branch": longest])
        #expect(PipelineLabels.read(["CI_COMMIT_BRANCH": longest + "x"]).isEmpty)
    }

    @Test func `labels of the pipeline are sent unless that is unwanted`() throws {
        let lab = ["CI_COMMIT_BRANCH": "main", "CI_COMMIT_SHA": "def"]
        let sent = try options(["--test", "a", "--label", "branch=other"], lab).overrides["labels"]
        #expect(sent == .object(["branch": .string("other"), "commit": .string("def")]))
        let unwanted = try options(["--test", "a", "--no-ci-labels", "--label", "x=y"], lab)
        #expect(unwanted.overrides["labels"] == .object(["x": .string("y")]))
        #expect(try options(["--test", "a", "--no-ci-labels"], lab).overrides == [:])
    }

    @Test(arguments: RunCommand.examples)
    func `the examples of the help are understood`(example: String) throws {
        let words = try Shell.words(example)
        _ = try options(Array(words.dropFirst()))
    }
}

/// Takes an example of the help apart as a shell does.
private enum Shell {
    static func words(_ line: String) throws -> [String] {
        var (words, word, isQuoted) = ([String](), "", false)
        for character in line {
            switch character {
            case "'": isQuoted.toggle()
            case " " where !isQuoted:
                words.append(word)
                word = ""
            default: word.append(character)
            }
        }
        return words + [word]
    }
}
