import Foundation
import Synchronization

/// Where a job says what it has to say: a build log, or a terminal that somebody watches.
final class JobConsole: Sendable {
    /// Whether the run is drawn over again in place.
    let isLive: Bool
    let isColored: Bool
    private let secrets: [String]
    private let write: @Sendable (String) -> Void
    private let measure: @Sendable () -> Terminal.Size
    private let screen: Mutex<Screen>

    /// - Parameters:
    ///   - secrets: are told as `***`, whoever says them.
    ///   - write: takes text with its line ends.
    init(
        isLive: Bool, isColored: Bool, secrets: [String],
        size: @escaping @Sendable () -> Terminal.Size = { Terminal.defaultSize },
        write: @escaping @Sendable (String) -> Void
    ) {
        self.isLive = isLive
        self.isColored = isColored
        self.secrets = secrets.filter { !$0.isEmpty }
        self.write = write
        measure = size
        screen = Mutex(Screen(isColored: isColored))
    }

    /// - Parameter isOutputTaken: whether standard output has a result to carry.
    convenience init(
        isOutputTaken: Bool, isPlain: Bool, secrets: [String], environment: [String: String]
    ) {
        let descriptor = isOutputTaken ? STDERR_FILENO : STDOUT_FILENO
        // Systems that build give their logs a terminal's looks, and keep every line of it.
        let isBuild = !["", "false", "0"].contains(environment["CI"] ?? "")
        let isLive =
            Terminal.isInteractive(descriptor, environment: environment) && !isBuild
        self.init(
            isLive: isLive,
            isColored: isLive && !isPlain && (environment["NO_COLOR"] ?? "").isEmpty,
            secrets: secrets, size: { Terminal.size(descriptor) },
            // A log that nobody takes any more is no reason to leave the run alone.
            write: { text in try? Descriptor.write(text, to: descriptor) })
    }

    var size: Terminal.Size { measure() }

    /// Lines of the log, each made harmless.
    func say(_ lines: String...) { say(lines) }

    func say(_ lines: [String]) {
        let safe = lines.map { LogText.line(masked($0)) + "\n" }.joined()
        screen.withLock { screen in write(screen.clear() + safe) }
    }

    /// A command to the system that runs this job. What it carries was escaped by who made it.
    func command(_ line: String) {
        screen.withLock { screen in write(screen.clear() + masked(line) + "\n") }
    }

    /// A picture in the place of the last one.
    func draw(_ lines: [StyledLine], rows: Int) {
        screen.withLock { screen in write(screen.draw(lines, rows: rows)) }
    }

    /// Gives the cursor back.
    func clear() {
        screen.withLock { screen in write(screen.clear()) }
    }

    func masked(_ text: String) -> String {
        secrets.reduce(text) { $0.replacingScalars($1, with: "***") }
    }
}
