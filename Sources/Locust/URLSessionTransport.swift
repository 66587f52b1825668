import Foundation
import FoundationNetworking
import Synchronization

/// HTTP by Foundation's URLSession, reduced to what talking to a master needs.
///
/// Every request has a connection of its own. The library below repeats a request on a new
/// connection when a kept one turns out dead, and a `/swarm` must never be sent twice; one more
/// handshake per poll is nothing beside that.
package struct URLSessionTransport: Transport {
    package static let shared = URLSessionTransport()

    private let session: URLSession
    private let exchanges = Exchanges()

    package init() {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.httpCookieAcceptPolicy = .never
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.timeoutIntervalForRequest = Self.idleSecondsMax
        configuration.httpMaximumConnectionsPerHost = Self.connectionsPerHostMax
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        session = URLSession(
            configuration: configuration, delegate: exchanges, delegateQueue: queue)
    }

    /// The caller's limit is the one that counts; this is above any of them, since `/stop` is
    /// silent for a minute and more.
    private static let idleSecondsMax: TimeInterval = 3600

    /// Requests beyond this wait for others, so that polls must not starve behind hung stops.
    private static let connectionsPerHostMax = 64

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportAnswer {
        guard let url = URL(string: request.url) else {
            throw .unreachable("\(request.url) is not a URL")
        }
        var message = URLRequest(url: url, timeoutInterval: Self.idleSecondsMax)
        message.httpMethod = request.method
        message.httpShouldHandleCookies = false
        for (name, value) in request.headers { message.setValue(value, forHTTPHeaderField: name) }
        message.setValue("close", forHTTPHeaderField: "Connection")
        message.httpBody = request.body.map { Data($0) }
        let task = session.dataTask(with: message)
        let id = task.taskIdentifier
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                exchanges.begin(id, continuation)
                // A cancellation before this line found nothing to end.
                if Task.isCancelled {
                    exchanges.end(id, .failure(.cancelled))
                } else {
                    task.resume()
                }
            }
        } onCancel: {
            // Answered here, so that a caller never waits for the session to notice.
            exchanges.end(id, .failure(.cancelled))
            task.cancel()
        }
        return try result.get()
    }
}
