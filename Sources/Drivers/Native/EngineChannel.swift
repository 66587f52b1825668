import ControlPlane
import Foundation
import Glibc

/// Reads and writes one engine's streams. Built on its thread and never leaving it.
final class EngineChannel {
    /// Of what a process writes to its standard error, the end is what tells why it died.
    static let lastWordsBytesMax = 4096
    /// As much of that goes into the reason of a run's end; the log has all of it.
    static let lastWordsShown = 300
    /// What a socket holds at most, with room to spare: after the end of the process there is no
    /// more to read than this, unless somebody else has inherited its output.
    static let leftoverBytesMax = 8 * 1024 * 1024

    struct Streams: Sendable {
        let input: ChildPipe.End
        let output: ChildPipe.End
        let errors: ChildPipe.End
        let wake: ChildPipe.End
    }

    private let child: EngineChild
    private let streams: Streams
    private let patience: EnginePatience
    private var splitter = LineSplitter()
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var unsent: ArraySlice<UInt8> = []
    private var lastWords: [UInt8] = []
    /// What is wrong with the process, in words that end with its name.
    private var trouble: String?
    private var inputIsOpen = true
    private var outputIsOpen = true
    private var errorsAreOpen = true
    /// When a process that has nothing left to do is ended.
    private var killAt: ContinuousClock.Instant?

    init(_ child: EngineChild, _ streams: Streams, _ patience: EnginePatience) {
        self.child = child
        self.streams = streams
        self.patience = patience
    }

    /// Until the process is gone.
    func run() {
        while child.process.exit == nil {
            wait()
            // Before what is there is read: what is written before the end is then read after it.
            if let killAt, ContinuousClock.now >= killAt {
                child.process.signal(SIGKILL)
                self.killAt = nil
            }
            emptyWakeUps()
            write()
            readOutput(atMost: buffer.count)
            readErrors(atMost: buffer.count)
        }
        readOutput(atMost: Self.leftoverBytesMax)
        readErrors(atMost: Self.leftoverBytesMax)
        child.finish(trouble, lastWords: Self.text(of: lastWords))
    }

    private func wait() {
        if unsent.isEmpty { unsent = child.takeOutbox()[...] }
        var polled = [
            pollfd(fd: streams.wake.number, events: Int16(POLLIN), revents: 0),
            // A number below 0 is passed over: a closed stream would be ready all the time.
            pollfd(
                fd: outputIsOpen ? streams.output.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: errorsAreOpen ? streams.errors.number : -1, events: Int16(POLLIN), revents: 0),
            pollfd(
                fd: inputIsOpen && !unsent.isEmpty ? streams.input.number : -1,
                events: Int16(POLLOUT), revents: 0),
        ]
        // Interrupted, it looks at everything once more than it had to.
        poll(&polled, nfds_t(polled.count), timeout)
    }

    /// In milliseconds, rounded up; -1 for ever.
    private var timeout: Int32 {
        guard let killAt else { return -1 }
        let left = (killAt - .now) / .milliseconds(1)
        return Int32(max(0, min(left.rounded(.up), 60_000)))
    }

    private func emptyWakeUps() {
        while case .bytes = streams.wake.read(into: &buffer) {}
    }

    private func write() {
        guard inputIsOpen, !unsent.isEmpty else { return }
        switch streams.input.write(unsent) {
        case .bytes(let count): unsent = unsent.dropFirst(count)
        case .wouldBlock: break
        case .end: (inputIsOpen, unsent) = (false, [])
        }
    }

    private func readOutput(atMost bytesMax: Int) {
        var left = bytesMax
        while outputIsOpen, left > 0 {
            switch streams.output.read(into: &buffer) {
            case .bytes(let count):
                left -= count
                receive(buffer[..<count])
            case .wouldBlock: return
            case .end:
                outputIsOpen = false
                // Usually it is just about to end.
                endSoon(after: patience.finish)
            }
        }
    }

    private func receive(_ bytes: ArraySlice<UInt8>) {
        guard trouble == nil else { return }  // What follows nonsense has no meaning.
        do throws(WireFault) {
            for line in try splitter.lines(in: bytes) {
                let answer = try EngineAnswer(line: line)
                try child.receive(answer)
                if answer.isLast { endSoon(after: patience.finish) }
            }
        } catch {
            trouble = "wrote what it should not (\(EngineProtocol.shortened(error.description)))"
            endSoon(after: .zero)
        }
    }

    /// Ends a process that does not end by itself within `patience`.
    private func endSoon(after patience: Duration) {
        let instant = ContinuousClock.now + patience
        killAt = min(killAt ?? instant, instant)
    }

    private func readErrors(atMost bytesMax: Int) {
        var left = bytesMax
        while errorsAreOpen, left > 0 {
            switch streams.errors.read(into: &buffer) {
            case .bytes(let count):
                left -= count
                lastWords = (lastWords + buffer[..<count]).suffix(Self.lastWordsBytesMax)
            case .wouldBlock: return
            case .end: errorsAreOpen = false
            }
        }
    }

    /// On one line, and without what would garble a log or a terminal.
    private static func text(of bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let scalars = text.unicodeScalars.map { $0.properties.isControl ? " " : Character($0) }
        return String(scalars).trimmingCharacters(in: .whitespaces)
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { generalCategory == .control }
}
