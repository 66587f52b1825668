import HTTP

/// A request that is complete and what is to be done with it.
struct Exchange {
    enum Action {
        case run(Route, Request)
        /// Known from the head alone.
        case answer(Response)
    }

    let action: Action
    /// How its answer is written, and whether another request may follow.
    let form: Form

    /// What its body takes of the room for bodies.
    var bodyByteCount: Int {
        guard case .run(let route, let request) = action, !route.isUrgent else { return 0 }
        return request.body.count
    }

    /// What a request decides about the form of its answer.
    struct Form {
        var keepsAlive: Bool
        var omitsBody: Bool
        var version: RequestHead.Version

        /// For clients that could not be understood.
        static let unknown = Form(keepsAlive: false, omitsBody: false, version: .http11)
    }
}
