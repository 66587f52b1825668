import Logging
import Metrics

/// Looks at all queues of the service and says when one is behind: at once as a warning, and once
/// a minute as figures.
package struct QueueWatch: Sendable {
    /// The queues of one part of the service, read now.
    package typealias Source = @Sendable () async -> [QueueLag]

    private static let lookInterval = Duration.seconds(1)
    private static let reportInterval = Duration.seconds(60)
    /// A longer wait of anything makes the minute's figures worth an operator's eye.
    private static let noteworthyWait = Duration.milliseconds(100)

    /// What was found last.
    package let figures = QueueFigures()
    private let sources: [Source]
    private let time: any TimeSource
    private let logger: Logger

    package init(_ sources: [Source], time: any TimeSource, logger: Logger) {
        self.sources = sources
        self.time = time
        self.logger = logger
    }

    /// All queues now, for whoever shows them elsewhere.
    package func lags() async -> [QueueLag] {
        var all: [QueueLag] = []
        for source in sources { all += await source() }
        return all
    }

    /// Watches until the task is cancelled.
    package func run() async {
        var minute = Minute(begin: time.uptime)
        var warnedAt: [String: Duration] = [:]
        while !Task.isCancelled {
            do { try await time.sleep(for: Self.lookInterval) } catch { return }
            let now = time.uptime
            let lags = await lags()
            figures.note(lags, at: now)
            for lag in lags {
                minute.note(lag)
                let isKnown = warnedAt[lag.name].map { now < $0 + Self.reportInterval } ?? false
                guard lag.isBehind, !isKnown else { continue }
                warnedAt[lag.name] = now
                logger.warning(
                    "queue behind",
                    [
                        "queue": .string(lag.name), "depth": .int(lag.depth),
                        "waitMs": .double(lag.longestWait.milliseconds),
                        "waitMsMax": .double(lag.waitMax.milliseconds),
                        "refused": .int(lag.refused),
                    ])
            }
            guard now >= minute.begin + Self.reportInterval else { continue }
            report(minute)
            minute = Minute(begin: now, refusedBefore: minute.refused)
        }
    }

    private func report(_ minute: Minute) {
        if minute.longestWait > Self.noteworthyWait || minute.refused != minute.refusedBefore {
            logger.info("queues", minute.fields)
        } else {
            logger.debug("queues", minute.fields)
        }
    }

    /// What was seen since the last report.
    private struct Minute {
        let begin: Duration
        var refusedBefore: [String: Int] = [:]
        private(set) var longest: [String: Duration] = [:]
        private(set) var deepest: [String: Int] = [:]
        private(set) var refused: [String: Int] = [:]

        init(begin: Duration, refusedBefore: [String: Int] = [:]) {
            self.begin = begin
            self.refusedBefore = refusedBefore
        }

        var longestWait: Duration { longest.values.max() ?? .zero }

        mutating func note(_ lag: QueueLag) {
            longest[lag.name] = max(longest[lag.name] ?? .zero, lag.longestWait)
            deepest[lag.name] = max(deepest[lag.name] ?? 0, lag.depth)
            // A queue that never refused is no news.
            if lag.refused > 0 { refused[lag.name] = lag.refused }
        }

        /// For each queue its longest wait and greatest depth within the minute, and how many it
        /// refused in it.
        var fields: [String: LogValue] {
            var fields: [String: LogValue] = [:]
            for (name, wait) in longest {
                fields["\(name).waitMs"] = .double(wait.milliseconds)
                fields["\(name).depth"] = .int(deepest[name] ?? 0)
                let refusals = (refused[name] ?? 0) - (refusedBefore[name] ?? 0)
                if refusals > 0 { fields["\(name).refused"] = .int(refusals) }
            }
            return fields
        }
    }
}

extension Duration {
    /// With microseconds, as a log shows it.
    fileprivate var milliseconds: Double { (self / .microseconds(1)).rounded() / 1_000 }
}
