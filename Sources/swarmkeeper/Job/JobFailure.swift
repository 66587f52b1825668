import JSON

/// Why there is no run whose end could be told.
struct JobFailure: Error, Equatable {
    let end: JobEnd
    var reason: String
    /// Of a file: each of its mistakes at its place.
    var findings: [DocumentFile.Finding] = []

    static func invalid(_ reason: String, _ findings: [DocumentFile.Finding] = []) -> JobFailure {
        JobFailure(end: .invalidInput, reason: reason, findings: findings)
    }

    /// No answer before anything was started, so that it is known what became of the run: nothing.
    static func unanswered(_ failure: PatientClient.Failure) -> JobFailure {
        JobFailure(end: .failed, reason: "\(failure.description); nothing was started")
    }

    static let aborted = JobFailure(
        end: .aborted, reason: "ended by a signal before anything was started")
}

extension JobFailure {
    /// What the service said no to.
    ///
    /// - Parameters:
    ///   - what: that was asked for; the beginning of a sentence.
    ///   - findings: its errors at their places; without them they are told as they are.
    init(
        _ answer: PatientClient.Answer, _ what: String, _ findings: [DocumentFile.Finding] = []
    ) {
        var reason = "\(what): \(answer.cause)"
        if findings.isEmpty {
            for error in answer.errors {
                reason += "\n  \(error.pointer) \(error.message)"
            }
        }
        self.init(end: Self.end(of: answer), reason: reason, findings: findings)
    }

    /// Refusals that another command line would not change are nobody's mistake.
    private static func end(of answer: PatientClient.Answer) -> JobEnd {
        switch (answer.status, answer.body["code"]?.text) {
        case (409, "idempotencyKeyReused"): .invalidInput
        case (409, _), (410, _): .failed
        case (400..<500, _): .invalidInput
        default: .failed
        }
    }
}

extension PatientClient.Answer {
    /// Which fields are wrong.
    var errors: [DocumentFile.Mistake] {
        (body["errors"]?.items ?? []).map { error in
            let message = error["message"]?.text ?? ""
            return DocumentFile.Mistake(
                pointer: error["pointer"]?.text ?? "", message: message,
                isOfKey: message.hasPrefix("is not a field"))
        }
    }
}
