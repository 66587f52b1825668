import JSON

/// From a call to an answer that is worth decoding.
extension LocustMaster {
    func calling(_ operation: String, _ method: String, _ path: String) -> LocustCall {
        LocustCall(operation: operation, method: method, url: base + path)
    }

    /// The answer to `call`, whatever its status.
    /// - Parameter limit: for the whole exchange; `timeouts.call` without one.
    func send(
        _ call: LocustCall, headers: [String: String] = [:], body: [UInt8]? = nil,
        within limit: Duration? = nil
    ) async throws(LocustError) -> TransportAnswer {
        let headers = self.headers(and: headers)
        if let name = headers.filter({ !Self.isHeaderValue($0.value) }).keys.min() {
            throw .invalidRequest(call, reason: "the value of \(name) has a control character")
        }
        let request = TransportRequest(
            method: call.method, url: call.url, headers: headers,
            body: body ?? (call.method == "POST" ? [] : nil))
        let limit = limit ?? timeouts.call
        switch await race(request, against: limit) {
        case .success(let answer): return answer.withItsOwnStatus
        case .failure(.unreachable(let reason)): throw .unreachable(call, reason: reason)
        case .failure(.lost(let reason)): throw .connectionLost(call, reason: reason)
        case .failure(.tooLarge):
            throw .tooLarge(call, bytesMax: TransportAnswer.bodyBytesMax)
        case .failure(.cancelled): throw .cancelled(call)
        case nil: throw .timedOut(call, limit: limit)
        }
    }

    /// The successful answer to `call`.
    func answer(
        to call: LocustCall, headers: [String: String] = [:], body: [UInt8]? = nil,
        within limit: Duration? = nil
    ) async throws(LocustError) -> TransportAnswer {
        let answer = try await send(call, headers: headers, body: body, within: limit)
        try check(answer, to: call)
        return answer
    }

    /// The JSON of the successful answer to `call`.
    func json(
        from call: LocustCall, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws(LocustError) -> JSONValue {
        try json(in: try await answer(to: call, headers: headers, body: body), to: call)
    }

    func json(
        in answer: TransportAnswer, to call: LocustCall
    ) throws(LocustError) -> JSONValue {
        do {
            return try JSONReader.document(answer.body, dialect: .python)
        } catch {
            if isPage(answer) {
                throw .notLocust(call, reason: "it answers with a web page instead of JSON")
            }
            throw .badAnswer(
                call, reason: "expected \(error.expected) at byte \(error.offset) of the JSON")
        }
    }

    /// Asks with the method remembered, and with the other one where that is not allowed. A 405
    /// means that nothing was done, so asking again is safe.
    func withVerb(
        _ operation: String, _ path: String, within limit: Duration
    ) async throws(LocustError) -> (LocustCall, TransportAnswer) {
        let remembered = verb.current
        var call = calling(operation, remembered, path)
        var answer = try await send(call, within: limit)
        if answer.status == 405 {
            let other = VerbMemory.other(than: remembered)
            call = calling(operation, other, path)
            answer = try await send(call, within: limit)
            if answer.status != 405 { verb.remember(other) }
        }
        try check(answer, to: call)
        return (call, answer)
    }

    /// `nil` when `limit` passed first.
    private func race(
        _ request: TransportRequest, against limit: Duration
    ) async -> Result<TransportAnswer, TransportError>? {
        await withTaskGroup(of: Result<TransportAnswer, TransportError>?.self) { group in
            group.addTask { [transport] in
                do throws(TransportError) {
                    return .success(try await transport.send(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                    return nil
                } catch {
                    return .failure(.cancelled)
                }
            }
            defer { group.cancelAll() }
            // The group has two tasks, so there is a first one.
            return await group.next() ?? nil
        }
    }

    /// RFC 9110, section 5.5, without the obsolete forms: a line break would begin a new header.
    private static func isHeaderValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

extension TransportAnswer {
    /// 2.20 turns the framework's 404 and 405 into a 500 that begins with their names.
    fileprivate var withItsOwnStatus: TransportAnswer {
        guard status == 500 else { return self }
        for (status, text) in [(404, "404 Not Found:"), (405, "405 Method Not Allowed:")]
        where body.starts(with: text.utf8) {
            return TransportAnswer(status: status, headers: headers, body: body)
        }
        return self
    }
}
