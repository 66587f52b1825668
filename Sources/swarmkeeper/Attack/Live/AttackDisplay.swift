import LoadEngine

/// What is shown while an attack goes on. Makes the characters to be written and writes none.
struct AttackDisplay {
    enum Mode: Equatable {
        /// Drawn over again in place, for a person at a terminal.
        case live
        /// A line for each second, for a file or a pipe.
        case lines
        case none
    }

    private let subject: AttackSubject
    private let mode: Mode
    private var screen: Screen
    private(set) var recent = RecentSeconds()
    private var last: Moment?
    private(set) var patience = Patience.plan

    init(_ subject: AttackSubject, mode: Mode, isColored: Bool) {
        self.subject = subject
        self.mode = mode
        screen = Screen(isColored: isColored)
    }

    mutating func begin(_ size: Terminal.Size) -> String {
        switch mode {
        case .live: draw(size)
        case .lines: "\(subject.title)\n\(subject.modelText)\n\n\(ProgressTable.header)\n"
        case .none: ""
        }
    }

    /// Takes in the next report.
    ///
    /// - Returns: what to write, and the time since the report before.
    mutating func show(_ moment: Moment, _ size: Terminal.Size)
        -> (text: String, interval: Duration)
    {
        let interval = recent.append(moment)
        last = moment
        let isFinal = moment.report.isFinal
        switch mode {
        // The summary takes the place of the last picture.
        case .live where !isFinal: return (draw(size), interval)
        case .lines where !isFinal || RecentSeconds.hasRate(interval):
            return (ProgressTable.row(moment, rate: recent.rate) + "\n", interval)
        default: return ("", interval)
        }
    }

    /// Takes in that somebody wants the end, each time sooner.
    mutating func hurry(_ size: Terminal.Size) -> String {
        patience = patience.next
        switch mode {
        case .live: return draw(size)
        case .lines: return patience.text.map { "\($0)\n" } ?? ""
        case .none: return ""
        }
    }

    /// Makes room for the summary.
    mutating func end() -> String {
        switch mode {
        case .live: screen.clear()
        case .lines: "\n"
        case .none: ""
        }
    }

    private mutating func draw(_ size: Terminal.Size) -> String {
        let view = LiveView(subject: subject, columns: size.columns)
        return screen.draw(
            view.lines(last, recent: recent, patience: patience), rows: size.rows)
    }
}
