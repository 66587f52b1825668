import JSON

/// How `swarmkeeper run` ends, and the code that a pipeline is told.
///
/// The numbers are those of k6, which has the finest set that people know. It counts upwards from
/// 97, so that `inconclusive`, which k6 does not have, stands below: 96 collides with none of its
/// codes, now or later, nor with those of Taurus, Artillery, sysexits.h, timeout(1) and shells.
enum JobEnd: Int32, CaseIterable, Sendable {
    case passed = 0
    case inconclusive = 96
    case failed = 97
    case contactLost = 98
    case thresholdsFailed = 99
    case timedOut = 102
    case stoppedByOthers = 103
    case invalidInput = 104
    case aborted = 105

    var code: Int32 { rawValue }

    /// For programs; never changes its meaning.
    var word: String {
        switch self {
        case .passed: "passed"
        case .inconclusive: "inconclusive"
        case .failed: "failed"
        case .contactLost: "contactLost"
        case .thresholdsFailed: "thresholdsFailed"
        case .timedOut: "timedOut"
        case .stoppedByOthers: "stoppedByOthers"
        case .invalidInput: "invalidInput"
        case .aborted: "aborted"
        }
    }

    /// For people; a part of a sentence.
    var meaning: String {
        switch self {
        case .passed: "the run came to its end, and every threshold held"
        case .inconclusive:
            "the run proves nothing: the generator was in the way, or data is missing"
        case .failed:
            "no load, not to its end, or its results not written, for a cause on our side"
        case .contactLost: "contact was lost: what became of the run is not known"
        case .thresholdsFailed: "the target broke a threshold"
        case .timedOut: "the run was not over within --timeout, and was stopped"
        case .stoppedByOthers: "somebody else stopped or rejected the run"
        case .invalidInput: "wrong command line, file, definition or token; nothing was started"
        case .aborted: "ended by a signal (Ctrl-C, a cancelled job); the first one stops the run"
        }
    }

    /// For the help.
    static var table: String {
        allCases.map { "  \($0.code)".padding(to: 7) + $0.meaning }.joined(separator: "\n")
    }
}

extension JobEnd {
    /// How a run ended that is over and that nobody on this side has stopped.
    ///
    /// A threshold that the target broke comes first, whatever else happened: the service says
    /// `failed` only where that is certain. Who stopped a run, or what kept it from its end, tells
    /// more than that it proves nothing for that reason.
    init(run: JSONValue) {
        let verdict = run["verdict"]?.text
        if verdict == "failed" {
            self = .thresholdsFailed
            return
        }
        switch run["endReason"]?.text {
        case "durationElapsed", "testEnded":
            let isInconclusive = verdict == "inconclusive" || JobRun.isUnjudged(run)
            self = isInconclusive ? .inconclusive : .passed
        case "thresholdBroken":
            // By a stop rule of the scenario; or by a threshold that only a bad measurement broke.
            self = verdict == "inconclusive" ? .inconclusive : .thresholdsFailed
        case "stoppedByUser", "emergencyStop", "rejected", "frozen":
            self = .stoppedByOthers
        default:
            self = .failed
        }
    }
}

extension String {
    fileprivate func padding(to columns: Int) -> String {
        self + String(repeating: " ", count: max(0, columns - count))
    }
}
