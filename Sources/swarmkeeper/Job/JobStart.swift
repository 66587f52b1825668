import JSON

/// Brings a run about, once.
struct JobStart: Sendable {
    struct Started: Sendable {
        let loadTest: KeptLoadTest
        /// As it was accepted.
        let run: JSONValue

        var runID: String { run["id"]?.text ?? "" }
    }

    /// Each time the definition was changed between its reading and the start.
    private static let attemptsMax = 10

    let options: JobOptions
    let client: PatientClient
    let control: JobControl
    /// Is told which definition is taken.
    let onLoadTest: @Sendable (KeptLoadTest) -> Void

    private enum Definition {
        /// By its name or id.
        case stored(String)
        case file(LoadTestFile)

        var file: LoadTestFile? { if case .file(let file) = self { file } else { nil } }
    }

    func run() async throws(JobFailure) -> Started {
        let definition: Definition
        switch options.source {
        case .loadTest(let word): definition = .stored(word)
        case .file(let path):
            definition = .file(
                try LoadTestFile(path, tenant: options.tenant, environment: options.environment))
        }
        for _ in 0..<Self.attemptsMax {
            let test = try await loadTest(definition)
            guard !control.isAborted else { throw .aborted }
            onLoadTest(test)
            if let run = try await start(test, definition.file) {
                return Started(loadTest: test, run: run)
            }
        }
        throw JobFailure(end: .failed, reason: "the definition is changed by others all the time")
    }

    private func loadTest(_ definition: Definition) async throws(JobFailure) -> KeptLoadTest {
        var client = client
        client.limit = { control.limitBeforeStart }
        let keeper = LoadTestKeeper(client: client)
        do throws(JobFailure) {
            switch definition {
            case .file(let file): return try await keeper.keep(file)
            case .stored(let word):
                return try await keeper.find(
                    word, tenant: options.tenant, environment: options.environment)
            }
        } catch {
            throw control.isAborted ? .aborted : error
        }
    }

    /// - Returns: nil where the definition of the file is another one now: what is started is what
    ///   the file says, or nothing.
    private func start(_ test: KeptLoadTest, _ file: LoadTestFile?) async throws(JobFailure)
        -> JSONValue?
    {
        var headers = ["Idempotency-Key": options.key]
        if file != nil { headers["If-Match"] = "\"\(test.version)\"" }
        let answer: PatientClient.Answer
        do throws(PatientClient.Failure) {
            var client = client
            client.limit = { control.limitOfStart }
            answer = try await client.call(
                "POST", "/v1/load-tests/\(ServiceClient.encoded(test.id))/runs",
                .object(options.overrides), headers: headers)
        } catch {
            guard error.isWithoutEffect else {
                throw JobFailure(
                    end: .contactLost,
                    reason: "\(error.description); whether a run was started is not known")
            }
            throw control.isAborted ? .aborted : .unanswered(error)
        }
        switch answer.status {
        case 202: return answer.body
        case 412 where file != nil, 404 where file != nil: return nil
        default: throw refusal(answer, file)
        }
    }

    private func refusal(_ answer: PatientClient.Answer, _ file: LoadTestFile?) -> JobFailure {
        let findings = answer.errors.flatMap { error in
            let field = "/" + (error.pointer.split(separator: "/").first ?? "")
            if let flag = JobOptions.flagsByPointer[field],
                options.overrides[String(field.dropFirst())] != nil
            {
                return [
                    DocumentFile.Finding(file: flag, position: nil, message: error.message)
                ]
            }
            return file?.findings([error])
                ?? [
                    DocumentFile.Finding(
                        file: "load test", position: nil,
                        message: "\(error.pointer) \(error.message)")
                ]
        }
        var failure = JobFailure(answer, "no run was started", findings)
        let code = answer.body["code"]?.text
        if code == "clusterBusy" || code == "limitReached" {
            failure.reason += "; --queue waits for room"
        }
        return failure
    }
}
