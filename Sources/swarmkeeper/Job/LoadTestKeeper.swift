import Crypto
import Foundation
import JSON

/// A load test of the service, as a start needs it.
struct KeptLoadTest: Equatable, Sendable {
    enum Change: String, Sendable {
        case unchanged, updated, created
    }

    let id: String
    let name: String
    let version: Int
    let change: Change

    init(_ stored: JSONValue, _ change: Change) {
        id = stored["id"]?.text ?? ""
        name = stored["name"]?.text ?? ""
        version = stored["version"]?.integer ?? 0
        self.change = change
    }
}

/// Finds load tests, and sees to it that the service has the definition of a file.
struct LoadTestKeeper: Sendable {
    /// Each time somebody else has changed the same definition in between.
    private static let attemptsMax = 10
    /// Longest text that the service searches for.
    private static let searchMax = 200

    let client: PatientClient

    /// The load test of this name or id.
    func find(_ word: String, tenant: String?, environment: String?) async throws(JobFailure)
        -> KeptLoadTest
    {
        let answer = try await call("GET", "/v1/load-tests/\(ServiceClient.encoded(word))")
        if answer.status == 200, answer.body["id"]?.text == word {
            return KeptLoadTest(answer.body, .unchanged)
        }
        guard [200, 404].contains(answer.status) else {
            throw JobFailure(answer, "the load test cannot be read")
        }
        let found = try await named(word, tenant, environment)
        guard let test = found.first else {
            throw .invalid("there is no load test \(word) that this token may see")
        }
        guard found.count == 1 else { throw Self.ambiguous(word, found) }
        return KeptLoadTest(test, .unchanged)
    }

    /// Creates the definition where there is none of its name in its tenant's environment, and
    /// replaces it where it says something else. Two pipelines that do so at the same time get
    /// along.
    func keep(_ file: LoadTestFile) async throws(JobFailure) -> KeptLoadTest {
        for attempt in 0..<Self.attemptsMax {
            let found = try await named(file.name, file.tenantID, file.environmentID)
            guard found.count <= 1 else { throw Self.ambiguous(file.name, found) }
            let kept =
                if let stored = found.first {
                    try await replace(stored, by: file)
                } else {
                    try await create(file, isFirstAttempt: attempt == 0)
                }
            if let kept { return kept }
        }
        throw JobFailure(
            end: .failed, reason: "the definition \(file.name) is changed by others all the time")
    }

    private func named(_ name: String, _ tenant: String?, _ environment: String?)
        async throws(JobFailure) -> [JSONValue]
    {
        var query = "limit=100"
        let parameters = [
            ("q", name.unicodeScalars.count <= Self.searchMax ? name : nil), ("tenantId", tenant),
            ("envId", environment),
        ]
        for (parameter, value) in parameters {
            if let value { query += "&\(parameter)=\(ServiceClient.encoded(value))" }
        }
        let result: Result<[JSONValue], PatientClient.Refusal>
        do throws(PatientClient.Failure) {
            result = try await client.items(of: "/v1/load-tests?\(query)")
        } catch {
            throw .unanswered(error)
        }
        switch result {
        case .success(let items): return items.filter { $0["name"]?.text == name }
        case .failure(let refusal):
            throw JobFailure(refusal.answer, "the load tests cannot be listed")
        }
    }

    private static func ambiguous(_ name: String, _ found: [JSONValue]) -> JobFailure {
        let list = found.map { test in
            let place = [test["tenantId"]?.text, test["envId"]?.text].compactMap(\.self)
            return "\n  \(test["id"]?.text ?? "")  in \(place.joined(separator: "/"))"
        }
        return .invalid(
            "\(found.count) load tests are called \(name); narrow them down by --tenant and --env, "
                + "or name one by its id:\(list.joined())")
    }

    /// - Returns: nil where somebody else was quicker.
    private func create(_ file: LoadTestFile, isFirstAttempt: Bool) async throws(JobFailure)
        -> KeptLoadTest?
    {
        // The same key for all who create it, so that only one does. Where that key is used up, by
        // a definition that was deleted since, another one is taken.
        let place = [file.tenantID, file.environmentID, file.name].joined(separator: "\u{0}")
        let digest = Bytes.hex(SHA256.hash(of: Array(place.utf8)))
        let key = "load-test-\(digest)" + (isFirstAttempt ? "" : "-\(UUID().uuidString)")
        let answer = try await call(
            "POST", "/v1/load-tests", .object(file.members), ["Idempotency-Key": key])
        switch (answer.status, answer.body["code"]?.text) {
        case (201, _): return KeptLoadTest(answer.body, .created)
        case (409, "idempotencyKeyReused"), (410, _): return nil
        default: throw refusal(answer, of: file, "the definition was not created")
        }
    }

    private func replace(_ stored: JSONValue, by file: LoadTestFile) async throws(JobFailure)
        -> KeptLoadTest?
    {
        if LoadTestComparison.isSame(file.members, stored) {
            return KeptLoadTest(stored, .unchanged)
        }
        let before = KeptLoadTest(stored, .unchanged)
        let kept = (stored.members ?? [:]).filter {
            LoadTestComparison.keptMembers.contains($0.key)
        }
        let answer = try await call(
            "PUT", "/v1/load-tests/\(ServiceClient.encoded(before.id))",
            .object(file.members.merging(kept) { said, _ in said }),
            ["If-Match": "\"\(before.version)\""])
        switch answer.status {
        case 200:
            let isNew = answer.body["version"]?.integer != before.version
            return KeptLoadTest(answer.body, isNew ? .updated : .unchanged)
        case 404, 412: return nil
        default: throw refusal(answer, of: file, "the definition was not updated")
        }
    }

    private func refusal(
        _ answer: PatientClient.Answer, of file: LoadTestFile, _ what: String
    ) -> JobFailure {
        JobFailure(answer, what, file.findings(answer.errors))
    }

    private func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil,
        _ headers: [String: String] = [:]
    ) async throws(JobFailure) -> PatientClient.Answer {
        do throws(PatientClient.Failure) {
            return try await client.call(method, path, body, headers: headers)
        } catch {
            throw .unanswered(error)
        }
    }
}
