import Foundation
import Synchronization

@testable import Locust

/// Answers as a test says, and remembers what it was asked.
final class FakeTransport: Transport {
    private let asked = Mutex<[TransportRequest]>([])
    private let replies: @Sendable (TransportRequest) -> Result<TransportAnswer, TransportError>

    init(
        _ replies: @escaping @Sendable (TransportRequest) -> Result<TransportAnswer, TransportError>
    ) {
        self.replies = replies
    }

    /// One answer to everything.
    convenience init(
        status: Int = 200, type: String = "application/json", _ body: String
    ) {
        self.init { _ in .success(.init(status, type, body)) }
    }

    var requests: [TransportRequest] { asked.withLock { $0 } }

    /// As "POST /stop".
    var lines: [String] {
        requests.map { "\($0.method) \($0.url.replacing("http://master", with: ""))" }
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportAnswer {
        asked.withLock { $0.append(request) }
        return try replies(request).get()
    }

    func master() -> LocustMaster {
        LocustMaster(
            baseURL: URL(string: "http://master") ?? URL(filePath: "/"), bearerToken: nil,
            transport: self)
    }
}

extension TransportAnswer {
    init(_ status: Int, _ json: String) { self.init(status, "application/json", json) }

    init(_ status: Int, _ type: String, _ body: String) {
        self.init(status: status, headers: ["Content-Type": type], body: Array(body.utf8))
    }
}
