import ControlPlane
import Foundation
import JSON

/// What `swarmkeeper run` was told to do.
struct JobOptions: Equatable, Sendable {
    /// What is run.
    enum Source: Equatable, Sendable {
        /// A load test that the service has, by its name or id.
        case loadTest(String)
        /// A definition beside the code.
        case file(String)
    }

    struct Outputs: Equatable, Sendable {
        var junit: String?
        var json: String?
        var markdown: String?

        var paths: [String] { [junit, json, markdown].compactMap(\.self) }
        /// Whether standard output is taken by one of them.
        var takeStandardOutput: Bool { paths.contains("-") }
    }

    let source: Source
    let tenant: String?
    let environment: String?
    /// What the run shall have other than its definition, as the body of a start.
    let overrides: [String: JSONValue]
    /// A start with the same key is the same start, also by another process.
    let key: String
    let waits: Bool
    let timeout: Duration?
    let patience: Duration
    let outputs: Outputs
    let tellsGitHub: Bool
    /// Ends that shall not fail the build.
    let tolerated: Set<JobEnd>

    /// How long a service that restarts may take; longer than one that looks through a large store.
    static let patienceDefault = Duration.seconds(120)

    init(_ arguments: Arguments, environment: [String: String]) throws(ArgumentError) {
        guard arguments.operands.isEmpty else {
            throw ArgumentError(
                message: "unexpected \(arguments.operands[0]); a load test is named by --test")
        }
        switch (arguments["test"], arguments["file"]) {
        case (let name?, nil) where !name.isEmpty: source = .loadTest(name)
        case (nil, let path?) where !path.isEmpty: source = .file(path)
        case (.some, .some):
            throw ArgumentError(message: "--test and --file exclude each other")
        default: throw ArgumentError(message: "say what to run: --test NAME or --file FILE")
        }
        tenant = arguments["tenant"]
        self.environment = arguments["env"]
        overrides = try Self.overrides(arguments, environment)
        key = arguments["idempotency-key"] ?? "run-\(UUID().uuidString.lowercased())"
        waits = try Self.waits(arguments)
        timeout = try Self.duration("timeout", arguments)
        patience = try Self.duration("patience", arguments) ?? Self.patienceDefault
        outputs = Outputs(
            junit: arguments["junit"], json: arguments["json"], markdown: arguments["markdown"])
        tellsGitHub = arguments.isOn("github")
        tolerated = try Self.tolerated(arguments)
        try check()
    }

    private func check() throws(ArgumentError) {
        guard outputs.paths.count(where: { $0 == "-" }) <= 1 else {
            throw ArgumentError(message: "only one output can be standard output")
        }
        guard Set(outputs.paths).count == outputs.paths.count else {
            throw ArgumentError(message: "two outputs cannot be one file")
        }
        guard waits || outputs.junit == nil else {
            throw ArgumentError(message: "--junit needs the end of the run, and so --wait")
        }
        guard (1...255).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ArgumentError(
                message: "--idempotency-key must be 1 to 255 printable characters without blanks")
        }
    }

    private static func waits(_ arguments: Arguments) throws(ArgumentError) -> Bool {
        let isToWait = arguments["wait"].map { $0 == "true" }
        let isNotTo = arguments["no-wait"].map { $0 == "true" }
        guard isToWait == nil || isNotTo == nil || isToWait != isNotTo else {
            throw ArgumentError(message: "--wait and --no-wait exclude each other")
        }
        return isToWait ?? !(isNotTo ?? false)
    }

    private static func duration(_ name: String, _ arguments: Arguments) throws(ArgumentError)
        -> Duration?
    {
        guard let text = arguments[name] else { return nil }
        // Ten years are no wait any more, and fit into every clock.
        guard let seconds = DurationText.seconds(text), (0.001...315_360_000).contains(seconds)
        else {
            throw ArgumentError(message: "--\(name) must be such as 90s or 1h30m, not \(text)")
        }
        return .seconds(seconds)
    }

    private static func tolerated(_ arguments: Arguments) throws(ArgumentError) -> Set<JobEnd> {
        var ends: Set<JobEnd> = []
        let words = arguments.all("exit-zero-on").flatMap { $0.split(separator: ",") }
        for word in words.map({ $0.trimmingCharacters(in: .whitespaces) }) {
            guard
                let end = JobEnd.allCases.first(where: { $0.word == word || "\($0.code)" == word })
            else {
                let known = JobEnd.allCases.map(\.word).joined(separator: ", ")
                throw ArgumentError(message: "--exit-zero-on knows no \(word); there are \(known)")
            }
            ends.insert(end)
        }
        return ends
    }
}
