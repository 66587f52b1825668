import ControlPlane
import Foundation
import Locust

/// A load test as a step of a pipeline: starts a run on a service, waits, and exits by its verdict.
enum RunCommand: Command {
    static let name = "run"
    static let summary = "Run a load test of a service from a pipeline, and exit by its verdict"
    /// A pipeline shall tell its own mistake from everything else by the code.
    static let codeOfWrongLine = JobEnd.invalidInput.code
    static let details = """
        exit codes:
        \(JobEnd.table)

        A threshold that the target broke comes first, whatever else happened. A run without
        thresholds exits with 0 when it came to its end, whatever the target did, and says so.
        96 is a number of its own: what proves nothing is neither green nor red by accident.

        The token is read from SWARMKEEPER_TOKEN or --token-file, and is told nowhere. With --test
        an operator's token suffices; --file needs an editor's where the definition is new or has
        changed. FILE has the fields of POST /v1/load-tests in YAML or JSON; `scenarioFile`
        and `targetsFile` name files beside it. It is created or updated by its name within its
        tenant's environment, and what is started is what it says, or nothing.

        The first signal (Ctrl-C, a cancelled job) stops the run and waits for its end; a second one
        ends at once. A service that restarts or is away for a while is asked again, and starts
        nothing twice. The run's id and page are the first and the last lines of the log, and with
        --github outputs of the step from the start on.

        examples:
        \(examples.map { "  swarmkeeper \($0)" }.joined(separator: "\n"))
        """

    /// Arguments of `swarmkeeper` as a shell takes them apart.
    static let examples = [
        "run --test checkout --tenant shop --env staging --junit load.xml",
        "run --file loadtest.yaml --target https://pr-7.shop.example --duration 2m --github",
        "run --test checkout --threshold 'p95 < 300ms' --threshold 'errorRate < 1%'",
        "run --test checkout --queue --timeout 1h --json - --exit-zero-on inconclusive",
    ]

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do throws(ArgumentError) {
            return await (try job(arguments, environment)).run()
        } catch {
            return refuse(error.message)
        }
    }

    private static func job(_ arguments: Arguments, _ environment: [String: String])
        throws(ArgumentError) -> Job
    {
        let options = try JobOptions(arguments, environment: environment)
        let token = try token(arguments, environment)
        let service = try ServiceClient(
            url: arguments["url"], token: token,
            transport: SocketTransport.shared.with(caFile: arguments["ca-file"]))
        let time = SystemTime()
        return Job(
            options: options,
            client: PatientClient(service: service, time: time, patience: options.patience),
            control: JobControl(deadline: options.timeout.map { time.uptime + $0 }),
            console: JobConsole(
                isOutputTaken: options.outputs.takeStandardOutput,
                isPlain: arguments.isOn("no-color"), secrets: [token], environment: environment),
            environment: environment,
            signals: {
                // What runs under `nohup` shall outlive its terminal.
                Signals.stream(
                    of: [SIGINT, SIGTERM] + (Signals.isIgnored(SIGHUP) ? [] : [SIGHUP]))
            },
            events: { await RunStream(client: service, runID: $0).read(into: $1) })
    }

    private static func token(_ arguments: Arguments, _ environment: [String: String])
        throws(ArgumentError) -> String
    {
        guard let path = arguments["token-file"] else {
            guard let token = environment["SWARMKEEPER_TOKEN"], !token.isEmpty else {
                throw ArgumentError(message: "no token: set SWARMKEEPER_TOKEN, or --token-file")
            }
            return token
        }
        let whole = URL(filePath: path).path(percentEncoded: false)
        do throws(SecretFile.Failure) {
            let file = try SecretFile(whole)
            if let warning = file.warning { Console.error("swarmkeeper run: \(warning)\n") }
            guard !file.text.isEmpty else {
                throw SecretFile.Failure(message: "the file \(path) is empty")
            }
            return file.text
        } catch {
            throw ArgumentError(message: error.message)
        }
    }
}
