import Foundation
import Locust

/// The same run that the API tells of, live in a terminal.
enum WatchCommand: Command {
    enum Code {
        static let finished: Int32 = 0
        static let failed: Int32 = 1
        static let refused: Int32 = 3
    }

    static let name = "watch"
    static let summary = "Watch a run of a service live, and exit by its end"
    static let operands = "RUN"
    static let flags = [
        Flag(name: "url", value: "URL", summary: "the service (http://127.0.0.1:8080)"),
        Flag(
            name: "token", value: "TOKEN",
            summary: "that may read; better in SWARMKEEPER_TOKEN, unseen by process lists"),
        Flag(name: "ca-file", value: "FILE", summary: "who vouches for the service (PEM)"),
        Flag(
            name: "patience", value: "SECONDS",
            summary: "how long to try while the service does not answer (60)"),
        Flag(
            name: "json", value: "", summary: "every event as a line of JSON: id, event, data",
            kind: .toggle),
        Flag(
            name: "no-color", value: "", summary: "as NO_COLOR in the environment", kind: .toggle),
    ]
    static let details = """
        On a terminal the numbers are drawn in place. Elsewhere they are plain lines, every 5 s in
        the first minute and every minute after it; what happens to the run is told at once. A
        connection that breaks is made anew and goes on behind the last event that was seen. Ctrl-C
        ends the watching and leaves the run alone.

        exit codes:
          0    the run finished as asked
          1    the run failed, or was judged failed
          2    wrong command line
          3    no such run, the token may not read it, or the service did not answer in time
          130  ended by Ctrl-C, 143 by SIGTERM; the run goes on
        """

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do throws(ArgumentError) {
            return await (try watch(arguments, environment)).run()
        } catch {
            return refuse(error.message)
        }
    }

    private static func watch(_ arguments: Arguments, _ environment: [String: String])
        throws(ArgumentError) -> Watch
    {
        guard arguments.operands.count == 1, let run = arguments.operands.first, !run.isEmpty else {
            throw ArgumentError(message: "say which run: its id")
        }
        guard let token = arguments["token"], !token.isEmpty else {
            throw ArgumentError(message: "no token: set SWARMKEEPER_TOKEN")
        }
        let isInteractive = Terminal.isInteractive(STDOUT_FILENO, environment: environment)
        let isPlain = arguments.isOn("no-color") || !(environment["NO_COLOR"] ?? "").isEmpty
        return Watch(
            client: try ServiceClient(
                arguments, transport: SocketTransport.shared.with(caFile: arguments["ca-file"])),
            runID: run,
            mode: arguments.isOn("json") ? .json : isInteractive ? .live : .lines,
            isColored: isInteractive && !isPlain,
            patience: .seconds(try arguments.number("patience", in: 1...3600, default: 60)),
            size: { Terminal.size(STDOUT_FILENO) }, write: Console.output,
            writeError: Console.error,
            signals: { Signals.stream(of: [SIGINT, SIGTERM]) })
    }
}
