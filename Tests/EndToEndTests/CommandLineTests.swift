import TestSupport
import Testing

/// What a wrong command line is answered with.
struct CommandLineTests {
    @Test(arguments: [
        (
            ["serve", "--prot", "1"],
            "swarmkeeper serve: unknown option --prot; did you mean --port?"
        ),
        (["serve", "--on-shutdown=kill"], "swarmkeeper serve: --on-shutdown must be"),
        (["target", "--port", "x"], "swarmkeeper target: --port must be a number"),
        (["backup"], "swarmkeeper backup: name the copy: --output FILE"),
        (["check-config"], "swarmkeeper check-config: name one FILE"),
        (["attack", "--user", "1"], "swarmkeeper attack: unknown option --user"),
        (["srve"], "swarmkeeper: unknown command srve; did you mean serve?"),
    ])
    func `a wrong line is answered with its reason, and where to read more`(
        words: [String], reason: String
    ) async throws {
        let program = try Program(words)
        #expect(try await program.exitCode() == 2)
        #expect(await eventually { program.output.split(separator: "\n").count == 2 })
        let lines = program.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix(reason) == true, "\(program.output)")
        #expect(lines.last?.contains("--help") == true)
    }
}
