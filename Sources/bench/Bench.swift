import Glibc

/// `bench <command>`: measures what is built here against its peers. It is never shipped, and
/// nothing it prints decides a test: the machine has a say in every number.
@main
struct Bench {
    static func main() {
        exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    /// - Returns: the exit code: 0 for success, 1 for a failure, 2 for a wrong command line.
    private static func run(_ words: [String]) -> Int32 {
        guard !words.contains("--help"), !words.contains("-h"), words.first != "help" else {
            Console.output(help)
            return 0
        }
        do {
            switch words.first {
            case "target": try TargetCommand.run(Array(words.dropFirst()))
            case "engine": try EngineCommand.run(Array(words.dropFirst()))
            case "fleet": try FleetCommand.run(Array(words.dropFirst()))
            case "fake-masters": try FakeMastersCommand.run(Array(words.dropFirst()))
            case "comparison": try ComparisonCommand.run(Array(words.dropFirst()))
            case let word:
                Console.error(word.map { "bench: unknown command \($0)\n\n\(help)" } ?? help)
                return 2
            }
            return 0
        } catch let error as UsageError {
            Console.error("bench: \(error.message)\n\n\(help)")
            return 2
        } catch {
            Console.error("bench: \(error)\n")
            return 1
        }
    }

    private static let help = """
        usage: swift run -c release bench <command> [options]

        target   a responder as cheap as can be, which counts what reaches it
        \(TargetSettings.help)

        engine   the native engine against its peers: ratios within a round, medians of the rounds
        \(EngineSettings.help)

        fleet    the service with many fake Locust masters, some of them slow or dead
        \(FleetSettings.help)

        comparison   how often the comparison of runs is wrong, on simulated ones
        \(ComparisonSettings.help)

        fake-masters   the masters of fleet alone: a fake of the web API of Locust 2.47 and our hook
        \(FakeMastersSettings.help)

        """
}

/// A command line that cannot be followed.
struct UsageError: Error, Equatable {
    let message: String
}

/// What keeps a benchmark from being run, in words for who runs it.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
