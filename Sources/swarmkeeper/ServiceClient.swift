import Foundation
import JSON
import Locust

/// A caller of a running service's REST API.
struct ServiceClient {
    /// Longer than the service lets any request wait and work.
    static let answerLimit = Duration.seconds(30)

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// Without a slash at its end.
    let baseURL: String
    let transport: any Transport
    private let token: String
    private let streams: SocketTransport

    /// From `--url` and `--token`.
    init(_ arguments: Arguments, transport: any Transport = SocketTransport.shared)
        throws(ArgumentError)
    {
        guard let token = arguments["token"] else {
            throw ArgumentError(message: "a token is needed: SWARMKEEPER_TOKEN")
        }
        try self.init(url: arguments["url"], token: token, transport: transport)
    }

    /// What is wrong with the token is told without repeating it.
    ///
    /// - Parameter url: of the service; nil is one on this machine.
    init(url: String?, token: String, transport: any Transport) throws(ArgumentError) {
        let text = url ?? "http://127.0.0.1:8080"
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
            ["http", "https"].contains(url.scheme?.lowercased()), url.user == nil,
            url.query == nil, url.fragment == nil
        else {
            throw ArgumentError(message: "--url must be such as http://127.0.0.1:8080")
        }
        // A line break would begin a header of its own.
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ArgumentError(message: "the token must be printable ASCII without spaces")
        }
        baseURL = text.hasSuffix("/") ? String(text.dropLast()) : text
        self.token = token
        self.transport = transport
        streams = transport as? SocketTransport ?? .shared
    }

    /// Any text as a part of a path or a query.
    static func encoded(_ text: String) -> String {
        let allowed = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    /// Asks for server-sent events; what of other answers there is comes at the end.
    ///
    /// - Parameter lastID: of the last event that was seen.
    func stream(
        _ path: String, after lastID: String?, _ onContent: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(TransportError) -> TransportAnswer {
        var headers = ["Authorization": "Bearer \(token)", "Accept": "text/event-stream"]
        headers["Last-Event-ID"] = lastID
        return try await streams.stream(
            TransportRequest(method: "GET", url: baseURL + path, headers: headers, body: nil),
            onContent: onContent)
    }

    /// - Returns: the answer; null for one without a body.
    func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws(Failure)
        -> JSONValue
    {
        let answer = try await answer(to: request(method, path, body))
        // A service before which something else answers in another format is told by its status.
        let value = (try? JSONReader.document(answer.body)) ?? .null
        guard (200..<300).contains(answer.status) else {
            let detail = value["detail"]?.text.map { ": \($0)" } ?? ""
            let faults = (value["errors"]?.items ?? []).map { fault in
                "\n  \(fault["pointer"]?.text ?? "") \(fault["message"]?.text ?? "")"
            }
            throw Failure(
                "\(baseURL) answers \(answer.status)\(detail)\(faults.joined())")
        }
        return value
    }

    func request(
        _ method: String, _ path: String, _ body: JSONValue? = nil, accept: String? = nil
    ) -> TransportRequest {
        var headers = [
            "Authorization": "Bearer \(token)", "Accept": accept ?? "application/json",
        ]
        if body != nil { headers["Content-Type"] = "application/json" }
        return TransportRequest(
            method: method, url: baseURL + path, headers: headers, body: body?.encodedBytes)
    }

    private func answer(to request: TransportRequest) async throws(Failure) -> TransportAnswer {
        let result = await withTaskGroup(of: Result<TransportAnswer, TransportError>?.self) {
            group in
            group.addTask { [transport] in
                do throws(TransportError) {
                    return .success(try await transport.send(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                // Ended early, it has nothing to say any more.
                try? await Task.sleep(for: Self.answerLimit)
                return nil
            }
            defer { group.cancelAll() }
            // The group has two tasks, so there is a first one.
            return await group.next() ?? nil
        }
        switch result {
        case .success(let answer): return answer
        case .failure(.unreachable(let cause)): throw Failure("\(baseURL): \(cause)")
        case .failure(.lost(let cause)):
            throw Failure("\(baseURL): \(cause); it may have been done all the same")
        case .failure(.tooLarge): throw Failure("\(baseURL): the answer is too large")
        case .failure(.cancelled), nil:
            throw Failure("\(baseURL) does not answer; it may have been done all the same")
        }
    }
}

/// Text of somebody else for a terminal, which control characters could make do anything.
enum PlainText {
    static func of(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control && scalar != "\n" ? "?" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
