import HTTP

/// What becomes of a request.
extension Worker {
    /// The response is there.
    ///
    /// - Parameter rest: bytes that came behind it, which nobody asked for.
    func complete(_ index: Int, rest: Int, at now: Int64) {
        let user = Int(connections[index].user)
        let row = rows[Int(users[user].request)]
        let status = connections[index].parser.status
        let sent = connections[index].sent
        if connections[index].observed != nil { takeParkedObserver(of: index) }
        inFlight -= 1
        connections[index].state = .idle
        connections[index].hasServed = true
        connections[index].addressesTried = 0
        deadlines[index] = .max
        if let target = redirectTarget(of: index, status) {
            let origin = origins[Int(connections[index].origin)].origin
            let original = connections[index].message
            endExchange(index, rest: rest)
            return follow(target, of: user, original, from: origin, status: status, at: now)
        }
        statistics[row.endpoint].recordResponse(
            status: status, latency: now &- users[user].intended,
            serviceTime: isOpenModel ? now &- users[user].started : nil,
            firstByte: (connections[index].firstByte == 0 ? now : connections[index].firstByte)
                &- sent)
        if isTracing { noteTrace(of: index, row.endpoint, latency: now &- users[user].intended) }
        if end != nil { noteAnswer(at: now) }
        let isExpected =
            row.expectsSuccess
            ? status < 400
            : plan.program.requests[Int(users[user].request)].expectedStatuses.contains(status)
        var hasFailed = true
        if !isExpected {
            statistics[row.endpoint].recordFailedResponse(
                .unexpectedStatus, traced("status \(status)", index))
        } else if isOneHopTooMany(status, for: user) {
            statistics[row.endpoint].recordFailedResponse(
                .unexpectedStatus,
                traced(
                    "status \(status) after \(plan.connections.redirectsMax) redirects", index))
        } else if row.isInspected, let fault = inspect(index, user) {
            statistics[row.endpoint].recordFailedResponse(
                .checkFailed, traced(fault, index))
        } else {
            hasFailed = false
        }
        connections[index].trace = .none
        endExchange(index, rest: rest)
        advance(user, at: now, hasFailed: hasFailed)
    }

    private func inspect(_ index: Int, _ user: Int) -> String? {
        let request = Int(users[user].request)
        guard let inspection = plan.program.requests[request].inspection else { return nil }
        let bodyByteCount = connections[index].parser.bodyByteCount
        guard !scripts.isEmpty else {
            var nobody = ScriptUser(Script(), number: 0)
            return inspection.fault(
                in: observer.capture, bodyByteCount: bodyByteCount, user: &nobody)
        }
        return inspection.fault(
            in: observer.capture, bodyByteCount: bodyByteCount, user: &scripts[user])
    }

    /// Keeps the connection for the next request, or closes it.
    private func endExchange(_ index: Int, rest: Int) {
        // What came behind the response belongs to no request: the next answer would be taken for
        // another one's.
        let isKept =
            plan.connections.keepsAlive && connections[index].parser.keepsConnection
            && rest == 0 && connections[index].unsent.isEmpty && !connections[index].isBroken
            && !hasMore(index)
        if !isKept { close(index) }
    }

    /// Counts a request that got no whole response, and lets its user go on.
    func fail(
        _ index: Int, _ kind: FailureKind, _ example: @autoclosure () -> String, at now: Int64
    ) {
        let user = Int(connections[index].user)
        close(index)
        // The next request is another one.
        connections[index].hasMessage = false
        statistics[rows[Int(users[user].request)].endpoint].recordFailure(
            kind, traced(example(), index))
        // The next may not come as far as having one.
        connections[index].trace = .none
        let couldNotConnect: Bool =
            switch kind {
            case .resolve, .connectRefused, .connectTimeout, .connectFailed, .tls: true
            default: false
            }
        connections[index].addressesTried = 0
        advance(
            user, at: now, hasFailed: true,
            pause: couldNotConnect ? Self.failedConnectPause : 0)
    }
}
