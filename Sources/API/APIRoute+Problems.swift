/// What a route refuses, from what is known of it.
extension APIRoute {
    /// All errors that its answers can have, save those of the server itself.
    var problems: [ProblemCode] {
        var codes: [ProblemCode] = [.invalidQuery, .malformedBody]
        if permission != nil { codes += [.unauthorized, .forbidden] }
        if body != nil { codes += [.unsupportedMediaType, .invalidFields] }
        if recall != nil { codes += Self.problemsOfRepeating }
        if admission != nil { codes += [.tooManyRequests, .overloaded] }
        if budget != nil { codes.append(.rateLimited) }
        if asksStore { codes.append(.storeUnavailable) }
        return codes + refusals
    }

    private static let problemsOfRepeating: [ProblemCode] = [
        .invalidIdempotencyKey, .idempotencyKeyReused, .idempotencyKeyInUse,
        .idempotencyObjectGone, .tooManyIdempotencyKeys,
    ]
}
