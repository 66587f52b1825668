import Foundation

/// `swarmkeeper <command>`: finds the command and exits with what it says.
@main
struct Program {
    static func main() async {
        // A reader that goes away must end a write, not the process.
        signal(SIGPIPE, SIG_IGN)
        // Inherited as ignored, it would keep us from hearing how engines ended.
        signal(SIGCHLD, SIG_DFL)
        let words = Array(CommandLine.arguments.dropFirst())
        exit(await run(words, environment: ProcessInfo.processInfo.environment))
    }

    static var commands: [any Command.Type] {
        [
            ServeCommand.self, CheckConfigCommand.self, BackupCommand.self, AuditCommand.self,
            AttackCommand.self, RunCommand.self, WatchCommand.self, EmergencyStopCommand.self,
            TargetCommand.self,
            TokenCommand.self,
            UserCommand.self,
            EngineCommand.self,
        ]
    }

    /// - Returns: the exit code: 0 for success, 1 for a failure, 2 for a wrong command line.
    static func run(_ words: [String], environment: [String: String]) async -> Int32 {
        guard let name = words.first else {
            Console.error(help)
            return 2
        }
        switch name {
        case "help", "--help", "-h":
            guard let topic = words.dropFirst().first else {
                Console.output(help)
                return 0
            }
            return await run([topic, "--help"], environment: environment)
        case "version", "--version":
            Console.output("swarmkeeper \(Version.text)\n")
            return 0
        default:
            break
        }
        guard let command = commands.first(where: { $0.name == name }) else {
            let hint = NearestName.of(name, among: commands.map { $0.name }).map {
                "; did you mean \($0)?"
            }
            Console.error(
                "swarmkeeper: unknown command \(name)\(hint ?? "")\n"
                    + "swarmkeeper --help lists the commands.\n")
            return 2
        }
        if words.contains("--help") || words.contains("-h") {
            Console.output(command.help)
            return 0
        }
        do {
            let arguments = try Arguments(
                Array(words.dropFirst()), flags: command.flags, environment: environment)
            return await command.run(arguments, environment: environment)
        } catch {
            return command.refuse(error.message)
        }
    }

    private static var help: String {
        let width = commands.map { $0.name.count }.max() ?? 0
        let list = commands.map { command in
            "  \(command.name.padding(toLength: width, withPad: " ", startingAt: 0))  "
                + command.summary
        }
        return """
            swarmkeeper: control plane for load-testing clusters, Locust's and its own

            usage: swarmkeeper <command> [options]

            commands:
            \(list.joined(separator: "\n"))

            swarmkeeper <command> --help tells more, swarmkeeper --version the version. Every
            option can also be given as an environment variable: --log-level as
            SWARMKEEPER_LOG_LEVEL.

            """
    }
}

enum Version {
    static let text = "0.1.0"
}

/// One word of the command line that does something.
protocol Command {
    static var name: String { get }
    static var summary: String { get }
    static var flags: [Flag] { get }
    /// What stands behind the name, such as `FILE`.
    static var operands: String { get }
    static var details: String { get }
    /// The exit code of a wrong command line.
    static var codeOfWrongLine: Int32 { get }

    /// - Returns: the exit code.
    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32
}

extension Command {
    static var operands: String { "" }
    static var details: String { "" }
    static var codeOfWrongLine: Int32 { 2 }

    /// Answers a wrong command line: the reason must not scroll away above a page of help.
    ///
    /// - Returns: the exit code.
    static func refuse(_ reason: String) -> Int32 {
        Console.error("swarmkeeper \(name): \(reason)\nswarmkeeper \(name) --help tells more.\n")
        return codeOfWrongLine
    }

    static var usage: String {
        ["usage: swarmkeeper \(name)", operands, flags.isEmpty ? "" : "[options]"]
            .filter { !$0.isEmpty }.joined(separator: " ")
    }

    static var help: String {
        var parts = [summary, usage]
        for (group, flags) in groups { parts.append("\(group):\n\(list(flags))") }
        if !details.isEmpty { parts.append(details) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// The flags under their headings, both in the order in which they were written.
    private static var groups: [(name: String, flags: [Flag])] {
        var groups: [(name: String, flags: [Flag])] = []
        for flag in flags {
            if let index = groups.firstIndex(where: { $0.name == flag.group }) {
                groups[index].flags.append(flag)
            } else {
                groups.append((flag.group, [flag]))
            }
        }
        return groups
    }

    private static func list(_ flags: [Flag]) -> String {
        // Where some have a letter, the names of all stand below each other.
        let hasLetters = Self.flags.contains { $0.letter != nil }
        let usages = Self.flags.map { (hasLetters && $0.letter == nil ? "    " : "") + $0.usage }
        let width = usages.map(\.count).max() ?? 0
        return flags.map { flag in
            let usage = (hasLetters && flag.letter == nil ? "    " : "") + flag.usage
            let padded = usage.padding(toLength: width, withPad: " ", startingAt: 0)
            return "  \(padded)  \(flag.summary)"
        }.joined(separator: "\n")
    }
}
