import Foundation

/// The load-generating process of a native cluster's run.
enum EngineCommand: Command {
    static let name = "engine"
    static let summary = "Make the load of one run; started by serve, not by people"
    static let operands = "[RUN]"
    static let flags: [Flag] = []
    static let details = """
        Reads an order and requests from standard input and writes reports to standard output, as
        JSON lines. Ends with the load, and at once when its input ends. RUN says in a list of
        processes whose load it is. Exits with 0 when the last report was written, 1 otherwise.
        For load from the command line see swarmkeeper attack.
        """

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        let signals = Signals.stream(of: [SIGINT, SIGTERM])
        return await EngineSession(signals: signals).run()
    }
}
