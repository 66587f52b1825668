import Foundation
import JSON

/// A run as a job shows it: drawn in place on a terminal, and sparse lines in a log.
struct JobDisplay {
    /// A log that is silent for longer looks like a job that hangs; some systems end it then.
    private static let silenceMax = Duration.seconds(60)
    private static let hint = "Ctrl-C stops the run"

    let console: JobConsole
    private var run = WatchedRun()
    private var lines = WatchLines()
    private var toldAt: Duration?
    private var toldPlace: Int?

    init(console: JobConsole) {
        self.console = console
    }

    mutating func take(_ input: JobVigil.Input) {
        switch input {
        case .event(.event(let event)): run.take(event)
        case .run(let value):
            // Its counts are older than those of the events, as long as these come.
            if run.moments.isEmpty || value["state"]?.text != run.state { run.take(run: value) }
        case .summary(let summary): run.summary = summary
        // What there is to say of the rest is said.
        case .event, .lost, .trouble, .toStop, .unconfirmed, .tick: break
        }
    }

    mutating func show(at now: Duration, _ date: Date) {
        guard run.run != .null else { return }
        if console.isLive {
            let size = console.size
            let view = WatchView(size: size, now: date, hint: Self.hint)
            console.draw(view.lines(run), rows: size.rows)
        } else {
            if toldAt == nil { toldAt = now }
            tell(lines.text(run, at: now) + waiting(at: now), at: now)
        }
    }

    /// What its events do not tell: its place in the queue, and that it is still there.
    private mutating func waiting(at now: Duration) -> String {
        let place = run.run["queue"]?["position"]?.integer
        defer { toldPlace = place }
        let isSilent = now >= (toldAt ?? now) + Self.silenceMax
        guard isSilent || place != nil && place != toldPlace else { return "" }
        let requests = run.requests > 0 ? "  \(Figures.count(run.requests)) requests" : ""
        return run.state + (place.map { ", place \($0)" } ?? "") + requests + "\n"
    }

    private mutating func tell(_ text: String, at now: Duration) {
        guard !text.isEmpty else { return }
        toldAt = now
        console.say(text.split(separator: "\n").map(String.init))
    }

    /// The last that there is to see of it.
    mutating func finish(at now: Duration) {
        console.clear()
        if !console.isLive { tell(lines.text(run, at: now), at: now) }
    }
}
