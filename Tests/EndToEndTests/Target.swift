import Foundation
import FoundationNetworking
import JSON
import TestSupport

/// The system under test: `swarmkeeper target`, which counts for itself.
final class Target: Sendable {
    let url: String
    private let program: Program

    init(_ arguments: [String] = []) async throws {
        program = try Program(["target", "--port", "0"] + arguments)
        let program = program
        let isUp = await eventually(within: .seconds(60)) {
            program.output.contains("\n") || !program.isRunning
        }
        guard isUp, let word = program.output.split(whereSeparator: \.isWhitespace).last,
            word.hasPrefix("http")
        else { throw HarnessError("the target does not listen: \(program.output)") }
        url = String(word)
    }

    /// Requests that it has answered so far.
    func requests() async throws -> Int { try await statistics("requests") }

    /// The most requests that it was answering at the same time.
    func concurrentMax() async throws -> Int { try await statistics("concurrentMax") }

    func lastRequestAt() async throws -> Date? {
        let answer = try await Client(url, token: "").get("/_target/statistics")
        return answer["lastRequestAt"]?.number.map { Date(timeIntervalSince1970: $0) }
    }

    func failures() async throws -> Int { try await statistics("failures") }

    /// Returns when no request has come for `duration`.
    func untilQuiet(for duration: Duration = .seconds(2), within limit: Duration = .seconds(60))
        async throws -> Int
    {
        let end = ContinuousClock.now + limit
        var (last, since) = (try await requests(), ContinuousClock.now)
        while ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(100))
            let count = try await requests()
            if count != last { (last, since) = (count, ContinuousClock.now) }
            if ContinuousClock.now - since > duration { return count }
        }
        throw HarnessError("the load goes on: \(last) requests")
    }

    func end() { program.end() }

    private func statistics(_ name: String) async throws -> Int {
        let answer = try await Client(url, token: "").get("/_target/statistics")
        guard let count = answer[name]?.integer else { throw HarnessError("no \(name)") }
        return count
    }
}

func withTarget<Result>(
    _ arguments: [String] = [], _ body: (Target) async throws -> Result
) async throws -> Result {
    let target = try await Target(arguments)
    defer { target.end() }
    return try await body(target)
}
