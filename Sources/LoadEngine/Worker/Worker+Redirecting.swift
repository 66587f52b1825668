import HTTP

/// Redirects, where they are to be followed. All hops together are one request, from the start of
/// the first to the end of the last, whose status counts.
extension Worker {
    /// Where the response in the observer sends its user; nil to take it as it is.
    func redirectTarget(of index: Int, _ status: Int) -> RedirectTarget? {
        guard plan.followsRedirects, [301, 302, 303, 307, 308].contains(status) else { return nil }
        let user = Int(connections[index].user)
        // A request that was begun before a planned end is to be whole.
        guard users[user].redirectsLeft > 0, end.map(\.isPlanned) ?? true else { return nil }
        return RedirectTarget(
            location: observer.location,
            from: origins[Int(connections[index].origin)].origin,
            target: RedirectedRequest.target(of: connections[index].message))
    }

    /// Whether the response asks for one hop more than are followed.
    func isOneHopTooMany(_ status: Int, for user: Int) -> Bool {
        plan.followsRedirects && users[user].redirectsLeft == 0 && !observer.location.isEmpty
            && [301, 302, 303, 307, 308].contains(status)
    }

    /// Sends the user's request on to `target`.
    func follow(
        _ target: RedirectTarget, of user: Int, _ original: [UInt8], from origin: Origin,
        status: Int, at now: Int64
    ) {
        let row = rows[Int(users[user].request)]
        statistics[row.endpoint].redirects &+= 1
        users[user].redirectsLeft -= 1
        users[user].hasResent = false
        guard let next = slot(of: target.origin) else {
            statistics[row.endpoint].recordFailure(
                .badResponse, "redirected to more than \(OriginSlot.redirectedMax) other servers")
            return advance(user, at: now, hasFailed: true)
        }
        let index = user * originsMax + next
        users[user].connection = Int32(index)
        connections[index].message = RedirectedRequest.message(
            after: original, status: status, to: target, from: origin)
        connections[index].hasMessage = true
        connections[index].addressesTried = 0
        queueSend(index)
    }

    /// Finds an origin, or takes it in. Looking up a name that no request of the program has
    /// stops this thread for as long as the resolver takes, once.
    private func slot(of origin: Origin) -> Int? {
        if let known = origins.firstIndex(where: { $0.origin == origin }) { return known }
        guard origins.count < originsMax else { return nil }
        origins.append(OriginSlot(resolving: origin, for: plan))
        return origins.count - 1
    }
}
