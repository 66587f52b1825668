import Glibc
import Networking

/// `bench fake-masters`: many fake Locust masters on one thread.
enum FakeMastersCommand {
    /// How often the masters do what they do by themselves, and the log is written: the hook looks
    /// at its clocks as often.
    private static let tick = Duration.milliseconds(250)

    static func run(_ arguments: [String]) throws {
        let settings = try FakeMastersSettings(arguments)
        FileLimit.raise()
        let loop = try EventLoop()
        let log = try settings.log.map { try FleetLog($0) }
        let stop = Stop()
        let signals = try StopSignal.listen()
        _ = try loop.watch(signals.number, for: .reading, handler: stop)
        if settings.hasLifeline {
            _ = try loop.watch(STDIN_FILENO, for: .reading, handler: stop)
        }
        let doors = try (0..<settings.masters).map {
            try FakeDoor($0, settings, loop: loop, log: log)
        }
        let ports = doors.map { String($0.port) }.joined(separator: " ")
        Console.output("listening \(ports)\n")
        let ticker = Ticker(loop, every: tick) {
            for door in doors { try door.advance() }
            try log?.flush()
        }
        try loop.run { !stop.isAsked && ticker.failure == nil }
        if let failure = ticker.failure { throw failure }
        try log?.flush()
    }

    private final class Stop: EventHandler {
        private(set) var isAsked = false
        func handle(_ readiness: Readiness) { isAsked = true }
    }

    /// Calls `action` again and again, until it fails.
    private final class Ticker {
        private(set) var failure: (any Error)?
        private let loop: EventLoop
        private let interval: Duration
        private let action: () throws -> Void

        init(_ loop: EventLoop, every interval: Duration, _ action: @escaping () throws -> Void) {
            self.loop = loop
            self.interval = interval
            self.action = action
            schedule()
        }

        private func schedule() {
            _ = loop.schedule(at: .now + interval) { [unowned self] in
                do {
                    try action()
                    schedule()
                } catch {
                    failure = error
                }
            }
        }
    }
}
