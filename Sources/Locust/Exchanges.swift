import Foundation
import FoundationNetworking
import Synchronization

/// The requests under way in one session, and what has arrived for each.
///
/// Whoever removes an exchange from the table resumes its continuation, so that the session's
/// end of a task and the caller's cancellation cannot both do it.
final class Exchanges: NSObject, URLSessionDataDelegate, Sendable {
    typealias Outcome = Result<TransportAnswer, TransportError>

    private struct Exchange {
        let continuation: CheckedContinuation<Outcome, Never>
        var body: [UInt8] = []
    }

    private let underway = Mutex<[Int: Exchange]>([:])

    func begin(_ id: Int, _ continuation: CheckedContinuation<Outcome, Never>) {
        underway.withLock { $0[id] = Exchange(continuation: continuation) }
    }

    /// The first end counts; later ones find nothing.
    func end(_ id: Int, _ outcome: Outcome) {
        underway.withLock { $0.removeValue(forKey: id) }?.continuation.resume(returning: outcome)
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // Following would carry the token to another host and turn a POST into a GET.
        end(task.taskIdentifier, .success(TransportAnswer(response, body: [])))
        completionHandler(nil)
        task.cancel()
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask,
        didReceive challenge: URLAuthenticationChallenge,
        completionHandler:
            @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        // Whatever credentials there are were in the request. Left to itself, Foundation asks
        // its credential storage on Linux and the task never ends.
        if let response = challenge.failureResponse as? HTTPURLResponse {
            end(task.taskIdentifier, .success(TransportAnswer(response, body: [])))
        }
        completionHandler(.cancelAuthenticationChallenge, nil)
        task.cancel()
    }

    func urlSession(_ session: URLSession, dataTask task: URLSessionDataTask, didReceive data: Data)
    {
        let fits = underway.withLock { exchanges in
            guard let size = exchanges[task.taskIdentifier]?.body.count else { return true }
            guard size + data.count <= TransportAnswer.bodyBytesMax else { return false }
            exchanges[task.taskIdentifier]?.body.append(contentsOf: data)
            return true
        }
        guard !fits else { return }
        end(task.taskIdentifier, .failure(.tooLarge))
        task.cancel()
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        let id = task.taskIdentifier
        if let error { return end(id, .failure(TransportError(error))) }
        guard let response = task.response as? HTTPURLResponse else {
            return end(id, .failure(.lost("the answer is not HTTP")))
        }
        let body = underway.withLock { $0[id]?.body ?? [] }
        end(id, .success(TransportAnswer(response, body: body)))
    }
}

extension TransportAnswer {
    fileprivate init(_ response: HTTPURLResponse, body: [UInt8]) {
        var headers: [String: String] = [:]
        for case (let name as String, let value as String) in response.allHeaderFields {
            headers[name] = value
        }
        self.init(status: response.statusCode, headers: headers, body: body)
    }
}
