/// When users and arrivals begin.
extension Worker {
    /// How many of `count` users of the whole run are this worker's: every `threads`th.
    func localUsers(of count: Int) -> Int {
        count > number ? (count - number - 1) / plan.threads + 1 : 0
    }

    /// Begins what is due: users of the curve, users who have thought, arrivals.
    func startDue(at now: Int64) {
        if now >= nextCurveChange { followCurve(at: now) }
        if !isOpenModel, end == nil { startUsers(at: now) }
        while let user = dues.popFirst(due: now) { goOn(Int(user), at: now) }
        if nextArrivalTime != nil { startArrivals(at: now) }
    }

    // MARK: Users of a closed model

    func takeCurve(at now: Int64) {
        curveVersion = control.currentCurveVersion
        let new = control.currentCurve
        curve = new
        nextCurveChange = now
        grow(to: localUsers(of: new.usersMax))
    }

    private func followCurve(at now: Int64) {
        let elapsed = Duration.nanoseconds(now - start)
        userTarget = localUsers(of: curve.count(after: elapsed))
        usersStarted = min(usersStarted, userTarget)
        nextCurveChange = curve.nextChange(after: elapsed).map { start + $0.nanoseconds } ?? .max
        if isOpenModel { offerUsers(at: now) }
    }

    private func startUsers(at now: Int64) {
        var begun = 0
        while usersStarted < userTarget, begun < Self.connectsPerRoundMax, end == nil {
            let user = usersStarted
            usersStarted += 1
            // One that was to leave and has not finished yet just stays.
            guard users[user].state == .free else { continue }
            begun += 1
            activeUsers += 1
            users[user].random = RandomSource(
                seed: plan.seed, number: UInt64(user * plan.threads + number))
            beginIteration(user, intended: now, at: now)
        }
    }

    /// When the next user of the curve begins.
    var nextUserStart: Int64 {
        guard end == nil else { return .max }
        return usersStarted < userTarget && !isOpenModel ? 0 : nextCurveChange
    }

    // MARK: Arrivals of an open model

    /// Makes exactly the users up to the target available for arrivals.
    private func offerUsers(at now: Int64) {
        if freeUsers.isEmpty, usersStarted > 0 { starvedAt = now }
        freeUsers.removeAll { $0 >= userTarget }
        // Those that are busy come back by themselves. The last ones lie deepest.
        let new = (usersStarted..<userTarget).reversed().filter { users[$0].state == .free }
        freeUsers.insert(contentsOf: new.map { Int32($0) }, at: 0)
        usersStarted = userTarget
    }

    func takeArrival(_ index: UInt64) {
        nextArrival = index
        guard case .open(let arrivals, _) = plan.model,
            let due = arrivals.nanoseconds(of: index)
        else {
            nextArrivalTime = nil
            return
        }
        let (time, overflow) = start.addingReportingOverflow(Int64(clamping: due))
        nextArrivalTime = overflow || time >= endTime ? nil : time
    }

    func startArrivals(at now: Int64) {
        while let due = nextArrivalTime, due <= now {
            guard let user = freeUsers.popLast() else {
                starvedAt = now
                // Nobody waits longer for a request to begin than for its answer.
                guard now - due > longestTimeout else { return }
                transport.dropped += 1
                takeArrival(nextArrival + UInt64(plan.threads))
                continue
            }
            guard begin(Int(user), arrival: nextArrival, due: due, at: now) else { return }
            takeArrival(nextArrival + UInt64(plan.threads))
        }
    }

    private func begin(_ user: Int, arrival: UInt64, due: Int64, at now: Int64) -> Bool {
        if due <= starvedAt { transport.delayed += 1 }
        users[user].showsLateness = due > starvedAt
        users[user].random = RandomSource(seed: plan.seed, number: arrival)
        users[user].iteration = arrival
        activeUsers += 1
        beginIteration(user, intended: due, at: now)
        return end == nil || end == .durationElapsed
    }

    /// When the next arrivals are to be looked at; nil when there are none, or nobody to take them.
    var nextArrivalWake: Int64? {
        guard let due = nextArrivalTime, !freeUsers.isEmpty else { return nil }
        guard tick > 0 else { return due }
        // The same moments for all: ticks counted from the start.
        let ticks = (due - start + tick - 1) / tick
        return start + ticks * tick
    }

    /// Counts what was due before `time` and will not be sent.
    func dropWaitingArrivals(until time: Int64) {
        while let due = nextArrivalTime, due < time {
            transport.dropped += 1
            takeArrival(nextArrival + UInt64(plan.threads))
        }
        nextArrivalTime = nil
    }

    /// Counts arrivals that were begun and whose request never left, at the very end.
    func dropUnsentArrivals() {
        guard isOpenModel else { return }
        for user in 0..<userCapacity where users[user].state == .busy {
            let connection = connections[Int(users[user].connection)]
            if connection.state != .exchanging { transport.dropped += 1 }
        }
    }
}
