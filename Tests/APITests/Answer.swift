import ControlPlane
import HTTP
import JSON
import Testing

@testable import API

/// A response with its body read.
struct Answer: Equatable {
    let response: Response
    /// Null for a body that is empty or no JSON.
    let json: JSONValue

    init(_ response: Response) {
        self.response = response
        // A body that is no JSON shows as one that has not what a test looks for.
        json = (try? JSONReader.document(response.body)) ?? .null
    }

    var status: Int { response.status }
    var code: String? { self["/code"]?.text }
    var text: String { String(decoding: response.body, as: UTF8.self) }

    func header(_ name: String) -> String? { response.headers[name] }

    /// What a JSON pointer finds; nil where there is nothing.
    subscript(pointer: String) -> JSONValue? {
        pointer.split(separator: "/").reduce(json as JSONValue?) { value, token in
            if let items = value?.items {
                return Int(token).flatMap { items.indices.contains($0) ? items[$0] : nil }
            }
            return value?[String(token)]
        }
    }

    func id(at place: SourceLocation = #_sourceLocation) throws -> String {
        try #require(self["/id"]?.text, "\(status) \(text)", sourceLocation: place)
    }

    /// The ids on a page.
    var ids: [String] { (self["/items"]?.items ?? []).compactMap { $0["id"]?.text } }

    /// Where a problem says that fields are wrong, in order.
    var pointers: [String] {
        (self["/errors"]?.items ?? []).compactMap { $0["pointer"]?.text }.sorted()
    }

    var messages: [String] {
        (self["/errors"]?.items ?? []).compactMap { $0["message"]?.text }
    }

    /// The problem without what tells one request from another.
    func problem(replacing ids: String...) -> String {
        guard case .object(var members) = json else { return text }
        members["requestId"] = nil
        let text = String(decoding: JSONValue.object(members).encodedBytes, as: UTF8.self)
        return ids.reduce(text) { $0.replacing($1, with: "ID") }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

extension JSONValue {
    /// The object with some members changed; `absent` removes one.
    func with(_ changes: [String: JSONValue?]) -> JSONValue {
        guard case .object(var members) = self else { return self }
        for (name, value) in changes { members[name] = value }
        return .object(members)
    }

    static func loadTest(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let usual: JSONValue = [
            "name": "Front page", "tenantId": "tenant-1", "envId": "dev",
            "targetUrl": "https://shop.example",
        ]
        return usual.with(changes)
    }

    /// The body of an ad-hoc run.
    static func test(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        loadTest(["targetUsers": 10, "spawnRate": 2, "durationSeconds": 600]).with(changes)
    }

    /// The body of a schedule that has a tick each day.
    static func schedule(of loadTest: String, _ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let usual: JSONValue = [
            "name": "Nightly", "tenantId": "tenant-1", "envId": "dev",
            "loadTestId": .string(loadTest), "cron": "0 2 * * *", "timeZone": "Europe/Berlin",
        ]
        return usual.with(changes)
    }

    /// The body of a suite, with the load tests of each step.
    static func suite(of steps: [[String]], _ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let steps = steps.map { tests in
            JSONValue.object([
                "tests": .array(tests.map { .object(["loadTestId": .string($0)]) })
            ])
        }
        let usual: JSONValue = [
            "name": "Release", "tenantId": "tenant-1", "envId": "dev", "steps": .array(steps),
        ]
        return usual.with(changes)
    }

    static func token(_ name: String, _ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let usual: JSONValue = [
            "name": .string(name), "tenantId": "tenant-1", "role": "viewer",
        ]
        return usual.with(changes)
    }

    static func webhook(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let usual: JSONValue = [
            "name": "Chat", "tenantId": "tenant-1", "kind": "json",
            "url": "https://hooks.example/in", "events": ["run.started", "run.finished"],
        ]
        return usual.with(changes)
    }

    /// The password of everybody.
    static let password: JSONValue = "correct horse battery"

    static func user(_ name: String, _ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let usual: JSONValue = [
            "name": .string(name), "tenantId": "tenant-1", "role": "viewer", "password": password,
        ]
        return usual.with(changes)
    }

    static func login(_ name: String, _ changes: [String: JSONValue?] = [:]) -> JSONValue {
        let usual: JSONValue = [
            "name": .string(name), "tenantId": "tenant-1", "password": password,
        ]
        return usual.with(changes)
    }

    static func callback(
        _ run: String, sequence: Int64, _ changes: [String: JSONValue?] = [:]
    ) -> JSONValue {
        let usual: JSONValue = [
            "runId": .string(run), "epoch": "process-1", "sequence": .int(sequence),
            "sentAt": "2027-01-15T08:00:00.000Z", "elapsedSeconds": 0, "users": 10,
            "totals": ["requests": 0, "failures": 0, "histogram": [:]], "endpoints": [],
            "errors": [],
        ]
        return usual.with(changes)
    }
}
