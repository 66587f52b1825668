import ControlPlane
import Foundation
import LoadEngine
import Logging

/// Runs the service until it is told to end.
enum ServeCommand: Command {
    static let name = "serve"
    static let summary = "Run the control plane"
    static let flags = [
        Flag(name: "config", value: "FILE", summary: "configuration (config/swarmkeeper.yaml)"),
        Flag(name: "host", value: "ADDRESS", summary: "instead of the configuration's server.host"),
        Flag(name: "port", value: "PORT", summary: "instead of server.port; 0 for any free one"),
        Flag(
            name: "on-shutdown", value: "leave|stop",
            summary: "what SIGTERM does to runs on Locust (leave)"),
        Flag(
            name: "stop-limit", value: "SECONDS",
            summary: "how long stop waits for the runs to end, 1 to 3600 (130)"),
        Flag(name: "log-level", value: "LEVEL", summary: "debug, info, warning or error"),
    ]
    static let details = """
        Logs JSON lines to standard error, also why it cannot start ("not started"); mistakes in the
        configuration alone are told in plain words. SIGHUP reads tenants, tokens, clusters, limits,
        certificates, and the keys of identity providers anew; a wrong file changes nothing.

        SIGTERM and SIGINT refuse new runs, turn /ready to 503, and finish the open requests.
        leave ends the load of native clusters, and leaves runs on Locust to the next start, which
        adopts them with their deadlines: for upgrades. stop stops all runs and waits until no
        cluster shows load and the last numbers are stored; reads, stops and callbacks are served
        meanwhile. A cluster that cannot be stopped within the limit is left to the next start,
        which goes on stopping it, and to its own deadline and lease. A second signal ends at once.

        Exits with 0 after a signal, 1 when it cannot start, 2 for a wrong command line, 3 when
        stop has left runs whose end it has not seen, and 143 after a second SIGTERM or 130 after a
        second SIGINT (128 and the signal's number, as shells and service managers tell it).
        """

    /// The end of these runs was asked for and not seen.
    private static let exitCodeOfRunsLeft: Int32 = 3

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        let settings: ServeSettings
        let configuration: Configuration
        do {
            settings = try ServeSettings(arguments, environment: environment)
            configuration = try settings.configuration()
        } catch let error as ArgumentError {
            return refuse(error.message)
        } catch {
            // A log has its level and its secrets from the configuration.
            Console.error("swarmkeeper serve: \(error)\n")
            return 1
        }
        do {
            // One for each client and each poll under way; the usual 1,024 end with 500 clusters
            // that hang.
            DescriptorLimit.raise()
            let service = try Composition(configuration, settings: settings)
            return try await service.run().isEmpty ? 0 : exitCodeOfRunsLeft
        } catch {
            tellNotStarted(error, configuration, environment)
            return 1
        }
    }

    /// Whoever reads the log must find this line in it, too; a person gets it in words.
    private static func tellNotStarted(
        _ error: any Error, _ configuration: Configuration, _ environment: [String: String]
    ) {
        var fields: [String: LogValue] = ["cause": .string("\(error)")]
        if case ControlPlaneError.store(let failure) = error { fields = failure.logFields }
        if error is PortFailure { fields["kind"] = "port" }
        Logger(level: configuration.logLevel, secrets: SecretRegistry(configuration.secrets))
            .error("not started", fields)
        if Terminal.isInteractive(STDERR_FILENO, environment: environment) {
            Console.error("swarmkeeper serve: \(error)\n")
        }
    }
}

/// Where the configuration is, and what the command line changes in it.
struct ServeSettings: Sendable {
    let path: String
    let host: String?
    let port: Int?
    let logLevel: LogLevel?
    let onShutdown: ShutdownPolicy
    /// How long `stop` waits; nil is as long as a stop can take.
    let stopLimit: Duration?
    let environment: [String: String]

    init(_ arguments: Arguments, environment: [String: String]) throws(ArgumentError) {
        guard arguments.operands.isEmpty else {
            throw ArgumentError(message: "unexpected \(arguments.operands[0])")
        }
        path = arguments["config"] ?? "config/swarmkeeper.yaml"
        host = arguments["host"]
        port =
            arguments["port"] == nil
            ? nil : try arguments.number("port", in: 0...65_535, default: 0)
        if let text = arguments["log-level"] {
            guard let level = LogLevel(rawValue: text) else {
                throw ArgumentError(
                    message: "--log-level must be one of "
                        + LogLevel.allCases.map(\.rawValue).joined(separator: ", "))
            }
            logLevel = level
        } else {
            logLevel = nil
        }
        onShutdown = try ShutdownPolicy(arguments)
        stopLimit = try arguments.number("stop-limit", in: 1...3600).map { .seconds($0 as Int) }
        self.environment = environment
    }

    /// Reads the file anew each time, as a reload needs it.
    func configuration() throws(ConfigurationFile.Failure) -> Configuration {
        var configuration = try ConfigurationFile.read(path, environment: environment)
        configuration.server.host = host ?? configuration.server.host
        configuration.server.port = port ?? configuration.server.port
        configuration.logLevel = logLevel ?? configuration.logLevel
        return configuration
    }
}
