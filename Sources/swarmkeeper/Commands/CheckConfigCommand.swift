import Foundation

/// Tells whether a configuration is right, and what it amounts to.
enum CheckConfigCommand: Command {
    static let name = "check-config"
    static let summary = "Check a configuration file and print what it amounts to"
    static let operands = "FILE"
    static let flags: [Flag] = []
    static let details = """
        Prints the effective configuration with its secrets masked, or every mistake as
        FILE:LINE:COLUMN. Files that are named as ${file:/path} are read. Exits with 0, or 1 when
        there are mistakes.
        """

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        guard arguments.operands.count == 1 else {
            return refuse("name one FILE")
        }
        do {
            let configuration = try ConfigurationFile.read(
                arguments.operands[0], environment: environment)
            for warning in configuration.warnings { Console.error("\(warning) (warning)\n") }
            Console.output(configuration.printed)
            return 0
        } catch {
            Console.error(error.description + "\n")
            return 1
        }
    }
}
