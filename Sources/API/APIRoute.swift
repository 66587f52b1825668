import ControlPlane
import HTTP
import JSON

/// One operation: what the router, the checks and the OpenAPI document all read.
struct APIRoute: Sendable {
    typealias Handler = @Sendable (Call) async throws(Problem) -> Response
    typealias Recall = @Sendable (Call, String) async throws(Problem) -> Response?

    let method: String
    let path: String
    /// Nil for a route that needs no token.
    let permission: Permission?
    /// Whether `MetricsSettings` let callers in besides those with the permission.
    var mayBeOpen = false
    let summary: String
    var query: [QueryParameter] = []
    var body: ObjectSchema?
    /// Whether a request without any body is taken as one with an empty object.
    var bodyIsOptional = false
    let answers: [Answer]
    /// The errors that its handler alone can have; `problems` adds what follows from the rest.
    var refusals: [ProblemCode] = []
    /// False where the answer comes without the store, and so whatever state that is in.
    var asksStore = true
    /// For a route that creates or starts something, so that a repetition with the same
    /// `Idempotency-Key` must not do it again: the answer that was given, or would have been, when
    /// the object with this id was created. Nil when there is no such object.
    var recall: Recall?
    /// What of the answer is stored with the key: all of it, unless there is a secret in it.
    var keptForm: @Sendable (Response) -> Response = { $0 }
    var takesIfMatch = false
    /// Whether it answers with a stream that can be resumed.
    var takesLastEventID = false
    var bodyBytesMax: Int?
    /// Where its requests wait when there are too many; nil lets all of them in, which is for
    /// those that cost next to nothing.
    let admission: AdmissionClass?
    /// What of its requests is recorded; every route has to say.
    let audit: RouteAudit
    /// Served also where the server is otherwise full, on the threads of supervision.
    var isUrgent = false
    /// What its requests are counted against; nil lets any number in.
    var budget: RateBudget? = .general
    let handler: Handler

    struct Answer: Sendable {
        let status: Int
        let description: String
        let schema: ObjectSchema?
        /// Of a body that is not JSON, or need not be.
        let types: [String]

        init(
            _ status: Int, _ description: String, _ schema: ObjectSchema? = nil,
            types: [String] = []
        ) {
            self.status = status
            self.description = description
            self.schema = schema
            self.types = types
        }
    }
}

/// A query parameter with its shape, given as text.
struct QueryParameter: Sendable {
    let name: String
    let schema: Schema
    let description: String
    var isRepeatable = false
    /// A comma list of values of this shape.
    var isList = false

    /// All that is wrong with the values given.
    func faults(in values: [String]) -> [FieldError] {
        if values.count > 1, !isRepeatable {
            return [FieldError(pointer: "?\(name)", message: "must be given once")]
        }
        let parts =
            isList
            ? values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
                .map(String.init) : values
        return parts.flatMap { text -> [FieldError] in
            schema.faults(in: Self.value(text, for: schema), at: "?\(name)")
        }
    }

    /// A query has only text: a number in it is meant as a number where one is wanted.
    private static func value(_ text: String, for schema: Schema) -> JSONValue {
        switch schema {
        case .integer: Int64(text).map { .int($0) } ?? .string(text)
        case .number: Double(text).map { .double($0) } ?? .string(text)
        default: .string(text)
        }
    }
}

extension QueryParameter {
    static func faults(in request: Request, declared: [QueryParameter]) -> [FieldError] {
        var faults: [FieldError] = []
        for parameter in declared {
            let values = request.query.filter { $0.name == parameter.name }.map(\.value)
            if !values.isEmpty { faults += parameter.faults(in: values) }
        }
        for (name, _) in request.query where !declared.contains(where: { $0.name == name }) {
            let known = declared.map(\.name).joined(separator: ", ")
            faults.append(
                FieldError(
                    pointer: "?\(name)",
                    message: "is not a parameter here; "
                        + (known.isEmpty ? "there is none" : "there are \(known)")))
        }
        return faults
    }
}
