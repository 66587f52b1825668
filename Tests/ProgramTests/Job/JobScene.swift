import Foundation
import JSON
import Synchronization
import TestSupport

@testable import swarmkeeper

/// A job with a service that answers as a test says, and a clock that the test moves.
final class JobScene: Sendable {
    let time = ManualTime()
    let folder: TemporaryFolder
    private let written = Mutex("")
    private let signals = AsyncStream.makeStream(of: Int32.self)

    init() throws { folder = try TemporaryFolder() }

    var log: String { written.withLock { $0 } }
    var logLines: [Substring] { log.split(separator: "\n") }

    func signal() { signals.continuation.yield(SIGTERM) }

    /// - Parameter meanwhile: is called again and again until the job is over.
    func run(
        _ words: [String], _ service: FakeService, environment: [String: String] = [:],
        meanwhile: (JobScene) async throws -> Void = { _ in }
    ) async throws -> Int32 {
        let arguments = try Arguments(words, flags: RunCommand.flags, environment: environment)
        let options = try JobOptions(arguments, environment: environment)
        let job = Job(
            options: options,
            client: try service.client(time, patience: options.patience),
            control: JobControl(deadline: options.timeout.map { [time] in time.uptime + $0 }),
            console: JobConsole(isLive: false, isColored: false, secrets: ["s3cret-token"]) {
                text in self.written.withLock { $0 += text }
            },
            environment: environment, signals: { self.signals.stream },
            events: { _, continuation in continuation.finish() })
        let isOver = Atomic(false)
        let code = Task { await job.run() }
        let moving = Task { [time] in
            while !Task.isCancelled {
                time.advance(by: .milliseconds(50))
                await Task.yield()
            }
        }
        defer { moving.cancel() }
        let watching = Task {
            _ = await code.value
            isOver.store(true, ordering: .releasing)
        }
        while !isOver.load(ordering: .acquiring) {
            try await meanwhile(self)
            await Task.yield()
        }
        await watching.value
        return await code.value
    }

    func json(_ path: String) throws -> JSONValue {
        try JSONReader.document(Array(Data(contentsOf: URL(filePath: path))))
    }
}

extension FakeService {
    /// A service with one load test and one run of it.
    ///
    /// - Parameters:
    ///   - runs: how the run is, look by look; the last one stays.
    ///   - other: what is answered to some requests instead.
    convenience init(
        runs: [JSONValue], _ other: @escaping @Sendable (Asked, Int) -> Reply? = { _, _ in nil }
    ) {
        self.init { asked, count in
            if let reply = other(asked, count) { return reply }
            let test: JSONValue = .object([
                "id": .string("lt-1"), "name": .string("Checkout"), "version": .int(4),
            ])
            switch asked.line {
            case "GET /v1/load-tests/lt-1": return .answer(200, test)
            case "POST /v1/load-tests/lt-1/runs":
                return .answer(202, JobSample.run(state: "Pending", endReason: nil))
            case "GET /v1/runs/run-1": return .answer(200, runs[min(count, runs.count - 1)])
            case "GET /v1/runs/run-1/summary":
                return .answer(200, .object(["runId": .string("run-1")]))
            case "POST /v1/runs/run-1/stop": return .answer(202, .object([:]))
            default: return FakeService.problem(404, "notFound")
            }
        }
    }
}
