import API
import ControlPlane
import Exposition
import Foundation
import JSON
import Locust
import Logging
import Synchronization

/// Sends all figures to a collector by OTLP/HTTP, one request at a time, and drops what it does
/// not take: nothing of the service waits for it.
final class OTLPExporter: Sendable {
    /// What the OTLP specification has as the usual time limit of an export.
    static let answerLimit = Duration.seconds(10)
    /// Pauses before a repetition, doubled each time, and taken at random from a half of it on.
    static let retryPauseFirst = Duration.seconds(1)
    static let retryPauseMax = Duration.seconds(60)
    /// No `Retry-After` keeps it away for longer than this.
    static let retryAfterMax = Duration.seconds(300)
    /// Exports that wait for a collector. Figures are cumulative, so that the newest say all that
    /// older ones did: this keeps a minute of resolution over a short outage.
    static let waitingMax = 4
    /// Statuses after which the same request may be taken (OTLP 1.x, "Failures 1").
    static let retryable: Set = [429, 502, 503, 504]

    private struct State {
        var waiting: [[UInt8]] = []
        var sent = 0
        var dropped = 0
        var failed = 0
        /// What was said in the log last, which is not said again.
        var complaint: String?
    }

    private let settings: TelemetrySettings
    private let meters: ServiceMeters
    private let transport: any Transport
    private let time: any TimeSource
    private let logger: Logger
    private let start: UInt64
    private let instance = UUID().uuidString.lowercased()
    private let state = Mutex(State())

    init(
        _ settings: TelemetrySettings, _ meters: ServiceMeters,
        transport: (any Transport)? = nil, time: any TimeSource, logger: Logger
    ) {
        self.settings = settings
        self.meters = meters
        self.transport =
            transport ?? SocketTransport.shared.with(caFile: settings.authorityFile)
        self.time = time
        self.logger = logger
        start = time.now.unixNanoseconds
    }

    /// What became of its own exports.
    var families: [MetricFamily] {
        let state = state.withLock { $0 }
        return [
            MetricFamily(
                "swarmkeeper_telemetry_exports", .counter, help: "Exports by outcome.",
                [
                    MetricPoint(Double(state.sent), [("outcome", "sent")]),
                    MetricPoint(Double(state.failed), [("outcome", "failed")]),
                    MetricPoint(Double(state.dropped), [("outcome", "dropped")]),
                ]),
            MetricFamily(
                "swarmkeeper_telemetry_waiting", .gauge, help: "Exports that wait.",
                [MetricPoint(Double(state.waiting.count))]),
        ]
    }

    /// Exports until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            let (arrivals, arrived) = AsyncStream<Void>.makeStream(
                bufferingPolicy: .bufferingNewest(1))
            group.addTask { await self.collect(arrived) }
            for await _ in arrivals {
                while let body = self.state.withLock({ $0.waiting.first }), !Task.isCancelled {
                    await self.deliver(body)
                }
            }
        }
    }

    private func collect(_ arrived: AsyncStream<Void>.Continuation) async {
        defer { arrived.finish() }
        var due = time.uptime
        while !Task.isCancelled {
            due = max(due + settings.interval, time.uptime)
            do { try await time.sleep(until: due) } catch { return }
            let families = await meters.families(for: .service)
            let request = OTLPMetrics(
                start: start, now: time.now.unixNanoseconds, version: Version.text,
                instance: instance)
            let body = request.body(of: families).encodedBytes
            state.withLock { state in
                state.waiting.append(body)
                guard state.waiting.count > Self.waitingMax else { return }
                // The first may be on its way.
                state.waiting.remove(at: 1)
                state.dropped += 1
            }
            arrived.yield()
        }
    }

    /// Sends until it is taken, or never will be.
    private func deliver(_ body: [UInt8]) async {
        var pause = Self.retryPauseFirst
        while !Task.isCancelled {
            switch await send(body) {
            case .taken(let note):
                return end { state in
                    state.sent += 1
                    if note == nil { state.complaint = nil }
                }
            case .refused(let cause):
                complain(cause)
                return end { $0.failed += 1 }
            case .later(let cause, let wait):
                complain(cause)
                let own = pause * Double.random(in: 0.5...1)
                pause = min(pause * 2, Self.retryPauseMax)
                // Also where the collector names a moment that is over.
                do { try await time.sleep(for: max(wait ?? .zero, own)) } catch { return }
            }
        }
    }

    private func end(_ change: (inout State) -> Void) {
        state.withLock { state in
            if !state.waiting.isEmpty { state.waiting.removeFirst() }
            change(&state)
        }
    }

    /// Says once what is wrong, until something else is.
    private func complain(_ cause: String) {
        let isNew = state.withLock { state in
            defer { state.complaint = cause }
            return state.complaint != cause
        }
        guard isNew else { return }
        logger.warning(
            "figures not exported",
            ["cause": .string(cause), "endpoint": .string(ShownURL.text(settings.endpoint))])
    }
}

// MARK: One attempt

extension OTLPExporter {
    private enum Outcome {
        /// With what the collector says of parts that it did not take.
        case taken(String?)
        case refused(String)
        /// - Parameter wait: as the collector asks for; nil leaves it to us.
        case later(String, wait: Duration?)
    }

    private func send(_ body: [UInt8]) async -> Outcome {
        var headers = [
            "Content-Type": "application/json", "User-Agent": "swarmkeeper/\(Version.text)",
        ]
        for header in settings.headers { headers[header.name] = header.value }
        let path = settings.endpoint.hasSuffix("/v1/metrics") ? "" : "/v1/metrics"
        let request = TransportRequest(
            method: "POST", url: settings.endpoint + path, headers: headers, body: body)
        do throws(TransportError) {
            return outcome(of: try await answer(to: request))
        } catch {
            return switch error {
            case .unreachable(let cause), .lost(let cause): .later(cause, wait: nil)
            case .tooLarge: .refused("the answer is too large")
            case .cancelled: .later("no answer within \(Self.answerLimit)", wait: nil)
            }
        }
    }

    /// The answer, or `.cancelled` when none came in time.
    private func answer(to request: TransportRequest) async throws(TransportError)
        -> TransportAnswer
    {
        let (transport, time) = (transport, time)
        let result = await withTaskGroup(
            of: Result<TransportAnswer, TransportError>.self
        ) { group in
            group.addTask {
                do throws(TransportError) {
                    return .success(try await transport.send(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                // Cut short, the answer is there.
                try? await time.sleep(for: Self.answerLimit)
                return .failure(.cancelled)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.cancelled)
        }
        return try result.get()
    }

    private func outcome(of answer: TransportAnswer) -> Outcome {
        guard (200..<300).contains(answer.status) else {
            let cause = "the collector answers \(answer.status)"
            guard Self.retryable.contains(answer.status) else { return .refused(cause) }
            return .later(cause, wait: Self.wait(in: answer.headers["retry-after"], at: time.now))
        }
        // A partial success must not be repeated, and should be told ("Partial Success").
        // An answer that is no JSON tells of none.
        let rejected = (try? JSONReader.document(answer.body))?["partialSuccess"]
        guard let rejected, let count = rejected["rejectedDataPoints"], count != .int(0),
            count != .string("0")
        else { return .taken(nil) }
        let reason = rejected["errorMessage"]?.text ?? "it says not why"
        let cause = "the collector has not taken all: \(reason)"
        complain(cause)
        return .taken(cause)
    }

    /// `Retry-After` in its two forms (RFC 9110, section 10.2.3).
    static func wait(in field: String?, at now: Date) -> Duration? {
        guard let field else { return nil }
        if let seconds = Int(field) {
            return min(max(.zero, .seconds(seconds)), retryAfterMax)
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: field).map { date in
            min(max(.zero, .seconds(date.timeIntervalSince(now))), retryAfterMax)
        }
    }
}

extension Date {
    fileprivate var unixNanoseconds: UInt64 { UInt64(max(0, timeIntervalSince1970) * 1e9) }
}
