import ControlPlane
import Dispatch
import Drivers
import Foundation
import Glibc
import Synchronization

/// Writes an engine's answers on a thread of its own: a service that does not read holds up
/// nothing here, and after a while costs resolution.
final class AnswerWriter: Sendable {
    private struct State {
        /// Those before the first report, two at most.
        var answers: [EngineAnswer] = []
        var reports = ReportQueue()
        var isFinishing = false
        /// Nobody reads any more.
        var isBroken = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let finished = Latch()

    init(descriptor: Int32) {
        self.descriptor = descriptor
        Thread { self.run() }.start()
    }

    func write(_ answer: EngineAnswer) {
        state.withLock { state in
            if case .report(let report) = answer {
                state.reports.append(report)
            } else {
                state.answers.append(answer)
            }
        }
        news.signal()
    }

    /// Waits until everything is written, or nobody reads any more.
    ///
    /// - Returns: whether everything was written.
    func finish(within limit: Duration) async -> Bool {
        state.withLock { $0.isFinishing = true }
        news.signal()
        return await finished.wait(within: limit, on: SystemTime())
            && !state.withLock { $0.isBroken }
    }

    private func run() {
        while true {
            let (answer, isFinishing) = next()
            if let answer {
                write(answer.line)
            } else if isFinishing {
                break
            } else {
                news.wait()
            }
        }
        finished.set()
    }

    private func next() -> (EngineAnswer?, isFinishing: Bool) {
        state.withLock { state in
            if !state.answers.isEmpty { return (state.answers.removeFirst(), false) }
            return (state.reports.popFirst().map { .report($0) }, state.isFinishing)
        }
    }

    /// Blocks for as long as the reader lets it.
    private func write(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty, !state.withLock({ $0.isBroken }) {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                state.withLock { $0.isBroken = true }
            }
        }
    }
}
