import Foundation
import FoundationNetworking
import JSON

/// A caller of the REST API.
struct Client: Sendable {
    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: JSONValue

        subscript(name: String) -> JSONValue? { body[name] }
    }

    private let baseURL: String
    private let token: String

    init(_ baseURL: String, token: String) {
        self.baseURL = baseURL
        self.token = token
    }

    func get(_ path: String) async throws -> Answer { try await call("GET", path) }

    func post(_ path: String, _ body: [String: any Sendable] = [:]) async throws -> Answer {
        try await call("POST", path, body)
    }

    /// - Parameter key: sent as `Idempotency-Key`.
    func post(_ path: String, json: JSONValue, key: String? = nil) async throws -> Answer {
        try await call("POST", path, bytes: Data(json.encodedBytes), key: key)
    }

    func put(_ path: String, json: JSONValue) async throws -> Answer {
        try await call("PUT", path, bytes: Data(json.encodedBytes))
    }

    func call(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil) async throws
        -> Answer
    {
        let bytes = try body.map { try JSONSerialization.data(withJSONObject: $0) }
        return try await call(method, path, bytes: bytes)
    }

    private func call(
        _ method: String, _ path: String, bytes: Data?, key: String? = nil
    ) async throws -> Answer {
        guard let url = URL(string: baseURL + path) else { throw HarnessError("no URL: \(path)") }
        var request = URLRequest(url: url, timeoutInterval: 30)
        request.httpMethod = method
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        if let key { request.setValue(key, forHTTPHeaderField: "Idempotency-Key") }
        if let bytes {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            request.httpBody = bytes
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse else {
            throw HarnessError("\(method) \(path): no HTTP answer")
        }
        var headers: [String: String] = [:]
        for (name, value) in response.allHeaderFields { headers["\(name)"] = "\(value)" }
        return Answer(
            status: response.statusCode, headers: headers,
            body: JSONValue(String(decoding: data, as: UTF8.self)) ?? .null)
    }
}
