import Foundation
import JSON
import Locust
import Synchronization
import TestSupport

@testable import swarmkeeper

/// A service that answers as a test says, and remembers what it was asked.
final class FakeService: Transport {
    struct Asked: Equatable {
        let method: String
        /// With its query.
        let path: String
        let headers: [String: String]
        let body: JSONValue

        var line: String { "\(method) \(path)" }
    }

    enum Reply: Sendable {
        case answer(Int, JSONValue, headers: [String: String] = [:])
        case error(TransportError)
        /// Nothing, until the caller gives up.
        case silence
    }

    private struct State {
        var asked: [Asked] = []
        let answer: @Sendable (Asked, Int) -> Reply
    }

    private let state: Mutex<State>

    /// - Parameter answer: gets what is asked, and how many requests of the same kind came before.
    init(_ answer: @escaping @Sendable (Asked, Int) -> Reply) {
        state = Mutex(State(answer: answer))
    }

    var asked: [Asked] { state.withLock { $0.asked } }
    var lines: [String] { asked.map(\.line) }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportAnswer {
        let reply = state.withLock { state in
            let asked = Asked(
                method: request.method,
                path: String(request.url.dropFirst("http://keeper.example".count)),
                headers: request.headers,
                body: (try? JSONReader.document(request.body ?? [])) ?? .null)
            let count = state.asked.count { $0.line == asked.line }
            state.asked.append(asked)
            return state.answer(asked, count)
        }
        switch reply {
        case .answer(let status, let body, let headers):
            return TransportAnswer(status: status, headers: headers, body: body.encodedBytes)
        case .error(let error): throw error
        case .silence:
            while !Task.isCancelled {
                // Ended by whoever waits for the answer.
                try? await Task.sleep(for: .seconds(60))
            }
            throw .cancelled
        }
    }

    func client(
        _ time: ManualTime, patience: Duration = .seconds(30)
    ) throws -> PatientClient {
        PatientClient(
            service: try ServiceClient(
                url: "http://keeper.example/", token: "s3cret-token", transport: self),
            time: time, patience: patience)
    }

    static func problem(_ status: Int, _ code: String, errors: [(String, String)] = []) -> Reply {
        .answer(
            status,
            .object([
                "code": .string(code), "detail": .string("detail of \(code)"),
                "errors": .array(
                    errors.map {
                        .object(["pointer": .string($0.0), "message": .string($0.1)])
                    }),
            ]))
    }
}
