extension Scenario {
    /// The origins that requests name themselves, each once and with the place of the first of
    /// them: a JSON pointer, or a line of a text that knows no pointers.
    package var ownOrigins: [(origin: Origin, pointer: String, line: Int?)] {
        var known: Set<Origin> = []
        return requests.compactMap { request in
            guard let origin = request.target.origin, known.insert(origin).inserted else {
                return nil
            }
            return (origin, request.pointer, request.line)
        }
    }
}
