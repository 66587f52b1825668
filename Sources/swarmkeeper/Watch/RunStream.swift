import Foundation
import JSON
import Locust
import Synchronization

/// One run's events, over as many connections as that takes.
struct RunStream: Sendable {
    enum Item: Sendable {
        case event(EventParser.Event)
        /// The connection is gone, and another one is tried.
        case interrupted(String)
        /// There will be nothing more.
        case failed(String)
    }

    /// Longer than twice the time between two heartbeats: then the connection is dead.
    static let silenceMax = Duration.seconds(40)
    /// Pause before coming back; it doubles up to the longest.
    static let pauseMin = Duration.seconds(1)
    static let pauseMax = Duration.seconds(15)

    let client: ServiceClient
    let runID: String

    /// What has come last, on the thread that reads.
    private final class Reading: Sendable {
        struct State {
            var parser = EventParser()
            var heardAt = ContinuousClock.now
            var hasEnded = false
            var isBroken = false
        }

        let state = Mutex(State())
    }

    /// Reads until the run's end or a failure that no new try would change.
    func read(into items: AsyncStream<Item>.Continuation) async {
        let reading = Reading()
        var pause = Self.pauseMin
        while !Task.isCancelled {
            let began = reading.state.withLock { $0.parser.lastID }
            let failure = await connect(reading, items)
            guard !reading.state.withLock({ $0.hasEnded }) else { return items.finish() }
            if case .final(let cause) = failure {
                items.yield(.failed(cause))
                return items.finish()
            }
            // One that brought something was good for a while.
            if reading.state.withLock({ $0.parser.lastID }) != began { pause = Self.pauseMin }
            items.yield(.interrupted(failure.cause))
            do { try await Task.sleep(for: pause) } catch { return items.finish() }
            pause = min(pause * 2, Self.pauseMax)
        }
    }

    private enum Outcome {
        case passing(String)
        case final(String)

        var cause: String {
            switch self {
            case .passing(let cause), .final(let cause): cause
            }
        }
    }

    private func connect(_ reading: Reading, _ items: AsyncStream<Item>.Continuation) async
        -> Outcome
    {
        let lastID = reading.state.withLock { state in
            // What was cut off in the middle is sent again.
            state.parser = EventParser(goingOnAfter: state.parser.lastID)
            state.heardAt = .now
            return state.parser.lastID
        }
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                await ask(after: lastID) { bytes in
                    for event in Self.take(bytes, reading) { items.yield(.event(event)) }
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    let heardAt = reading.state.withLock { $0.heardAt }
                    guard ContinuousClock.now < heardAt + Self.silenceMax else {
                        return .passing("nothing was heard for \(Self.silenceMax)")
                    }
                    // Cut short, the connection has ended.
                    try? await Task.sleep(for: .seconds(1))
                }
                return .passing("it was given up")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .passing("it was given up")
        }
    }

    private static func take(_ bytes: [UInt8], _ reading: Reading) -> [EventParser.Event] {
        reading.state.withLock { state in
            guard !state.isBroken else { return [] }
            state.heardAt = .now
            do throws(EventParser.TooLong) {
                let events = try state.parser.read(bytes)
                if events.contains(where: { $0.name == "end" }) { state.hasEnded = true }
                return events
            } catch {
                // Silence from here on, after which the connection is given up.
                state.isBroken = true
                return []
            }
        }
    }

    private func ask(
        after lastID: String?, _ onContent: @escaping @Sendable ([UInt8]) -> Void
    ) async -> Outcome {
        do throws(TransportError) {
            let answer = try await client.stream(
                "/v1/runs/\(ServiceClient.encoded(runID))/events", after: lastID, onContent)
            guard answer.status != 200 else { return .passing("the stream ended") }
            // No JSON comes from something before the service, which its status tells of.
            let body = (try? JSONReader.document(answer.body)) ?? .null
            let cause = "\(answer.status) \(body["detail"]?.text ?? "")"
            return [408, 429, 500, 502, 503, 504].contains(answer.status)
                ? .passing(cause) : .final(cause)
        } catch {
            switch error {
            case .unreachable(let cause), .lost(let cause): return .passing(cause)
            case .tooLarge: return .final("the answer is too large")
            case .cancelled: return .passing("it was given up")
            }
        }
    }
}
