import Glibc
import Networking

/// `bench target`.
enum TargetCommand {
    static func run(_ arguments: [String]) throws {
        let settings = try TargetSettings(arguments)
        FileLimit.raise()
        let responder = try Responder(settings)
        let stop = try StopSignal.listen()
        try responder.stop(when: stop.number)
        if settings.hasLifeline { try responder.stop(when: STDIN_FILENO) }
        Console.output("listening \(responder.port)\n")
        let counts = try responder.run()
        Console.output("\(Summary(counts: counts, cpuSeconds: cpuSeconds))\n")
    }

    /// The last line of a target.
    struct Summary: Equatable, CustomStringConvertible {
        let requests: Int
        let connections: Int
        /// From the first to the last request.
        let seconds: Double
        let cpuSeconds: Double

        init(counts: Responder.Counts, cpuSeconds: Double) {
            requests = counts.requests
            connections = counts.connections
            seconds = counts.elapsed / .seconds(1)
            self.cpuSeconds = cpuSeconds
        }

        /// Nil for any other line.
        init?(_ line: some StringProtocol) {
            let words = line.split(separator: " ")
            guard words.count == 8, words[0] == "requests", let requests = Int(words[1]),
                let connections = Int(words[3]), let seconds = Double(words[5]),
                let cpuSeconds = Double(words[7])
            else { return nil }
            (self.requests, self.connections) = (requests, connections)
            (self.seconds, self.cpuSeconds) = (seconds, cpuSeconds)
        }

        var description: String {
            "requests \(requests) connections \(connections) seconds \(seconds) cpu \(cpuSeconds)"
        }
    }

    private static var cpuSeconds: Double {
        var usage = rusage()
        // Cannot fail for the process itself.
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.cpuSeconds
    }
}
