/// What a user does: requests one after the other, and thinking between them.
extension Worker {
    /// Makes room for `count` users in all.
    func grow(to count: Int) {
        guard count > userCapacity else { return }
        let (oldSlots, newSlots) = (userCapacity * originsMax, count * originsMax)
        let newUsers = UnsafeMutablePointer<UserSlot>.allocate(capacity: count)
        newUsers.moveInitialize(from: users, count: userCapacity)
        (newUsers + userCapacity).initialize(repeating: UserSlot(), count: count - userCapacity)
        users.deallocate()
        users = newUsers
        let newConnections = UnsafeMutablePointer<ConnectionSlot>.allocate(capacity: newSlots)
        newConnections.moveInitialize(from: connections, count: oldSlots)
        (newConnections + oldSlots).initialize(
            repeating: ConnectionSlot(), count: newSlots - oldSlots)
        connections.deallocate()
        connections = newConnections
        let newDeadlines = UnsafeMutablePointer<Int64>.allocate(capacity: newSlots)
        newDeadlines.moveInitialize(from: deadlines, count: oldSlots)
        (newDeadlines + oldSlots).initialize(repeating: .max, count: newSlots - oldSlots)
        deadlines.deallocate()
        deadlines = newDeadlines
        sendQueue.grow(to: newSlots)
        for user in userCapacity..<count {
            for origin in 0..<originsMax {
                let index = user * originsMax + origin
                connections[index].user = Int32(user)
                connections[index].origin = Int32(origin)
            }
            if let script = plan.program.script {
                scripts.append(ScriptUser(script, number: user * plan.threads + number))
            }
        }
        userCapacity = count
    }

    /// Begins a pass through the flow.
    func beginIteration(_ user: Int, intended: Int64, at now: Int64) {
        if !isOpenModel {
            users[user].iteration = iterationsBegun * UInt64(plan.threads) + UInt64(number)
        }
        iterationsBegun += 1
        users[user].step = 0
        if let script = plan.program.script {
            let hasData = scripts[user].begin(
                iteration: users[user].iteration, of: script, using: &users[user].random)
            guard hasData else {
                leave(user, at: now)
                beginEnd(.dataUsedUp, at: now)
                return
            }
        }
        beginRequest(user, intended: intended, at: now)
    }

    /// Begins the next request of the present iteration.
    private func beginRequest(_ user: Int, intended: Int64, at now: Int64) {
        if share.isEmpty, let budget = control.budget { share = budget.take(among: plan.threads) }
        guard !share.isEmpty else {
            leave(user, at: now)
            beginEnd(.budgetSpent, at: now)
            return
        }
        let number = share.lowerBound
        share = number + 1..<share.upperBound
        let request: Int
        switch plan.program.flow {
        case .steps: request = Int(users[user].step)
        case .mix(let choice): request = choice.pick(using: &users[user].random)
        case .rotation:
            let turn = control.budget == nil ? users[user].iteration : number
            request = Int(turn % UInt64(plan.program.requests.count))
        }
        let index = user * originsMax + rows[request].origin
        if users[user].state != .busy { busyUsers += 1 }
        users[user].state = .busy
        users[user].request = Int32(request)
        users[user].connection = Int32(index)
        users[user].intended = intended
        users[user].started = 0
        users[user].hasResent = false
        users[user].redirectsLeft = Int32(clamping: plan.connections.redirectsMax)
        queueSend(index)
        // The last one: nothing is to begin, and nobody to wait for, once it is answered.
        if isBudgetSpent { beginEnd(.budgetSpent, at: now) }
    }

    /// Whether all requests of this thread were begun, and there are no more to take.
    var isBudgetSpent: Bool { share.isEmpty && control.budget?.isSpent ?? true }

    /// Gives back the requests of a thread that its last user is about to leave.
    ///
    /// - Returns: whether the user has to stay, as nobody else would send them.
    private func mustStay() -> Bool {
        guard let budget = control.budget, activeUsers == 1, !share.isEmpty else { return false }
        guard budget.giveBack(share) else { return true }
        share = 0..<0
        return false
    }

    /// After a request: thinks, and goes on with the next.
    ///
    /// - Parameters:
    ///   - hasFailed: whether the request has. A step that was to give later ones a value then
    ///     ends the iteration: they would only ask for something that nobody means.
    ///   - pause: to be added, where going on at once would only fail again.
    func advance(_ user: Int, at now: Int64, hasFailed: Bool = false, pause: Int64 = 0) {
        users[user].step += 1
        if hasFailed, rows[Int(users[user].request)].isExtracting {
            users[user].step = Int32(clamping: plan.program.requests.count)
        }
        users[user].showsLateness = false
        let isWhole = isIterationWhole(of: user)
        guard end == nil || finishesIteration(isWhole) else { return leave(user, at: now) }
        if isOpenModel {
            guard !isWhole else { return leave(user, at: now) }
        } else {
            guard !isWhole || user < userTarget || mustStay() else { return leave(user, at: now) }
        }
        let thinkTime = rows[Int(users[user].request)].thinkTime
        let wait = pause + thinkTime.nanoseconds(using: &users[user].random)
        guard wait > 0 else {
            return isWhole
                ? beginIteration(user, intended: now, at: now)
                : beginRequest(user, intended: now, at: now)
        }
        busyUsers -= 1
        users[user].state = .thinking
        dues.insert(Int32(user), at: now &+ wait)
    }

    /// Lets those go who would only begin anew, or find no request left to go on with.
    func dismissThinkers(at now: Int64) {
        for user in 0..<userCapacity
        where users[user].state == .thinking
            && (isBudgetSpent || isIterationWhole(of: user))
        {
            leave(user, at: now)
        }
    }

    private func isIterationWhole(of user: Int) -> Bool {
        plan.program.flow != .steps || Int(users[user].step) >= plan.program.requests.count
    }

    /// Whether the user goes on although the end was begun: where all that was to be done has been
    /// begun, what was begun is done.
    private func finishesIteration(_ isWhole: Bool) -> Bool {
        end?.isOfBudget == true && !isWhole && !isHurried && !isBudgetSpent
    }

    /// Goes on after thinking.
    func goOn(_ user: Int, at now: Int64) {
        guard users[user].state == .thinking else { return }
        let isWhole = isIterationWhole(of: user)
        let leaves =
            (end != nil && !finishesIteration(isWhole))
            || (!isOpenModel && isWhole && user >= userTarget && !mustStay())
        guard !leaves else { return leave(user, at: now) }
        // Closed: what the user had in mind is to begin now, however late we are.
        if isWhole {
            beginIteration(user, intended: now, at: now)
        } else {
            beginRequest(user, intended: now, at: now)
        }
    }

    /// Ends what the user does; its connections stay for the next one.
    private func leave(_ user: Int, at now: Int64) {
        if users[user].state == .busy { busyUsers -= 1 }
        users[user].state = .free
        activeUsers -= 1
        guard isOpenModel, user < userTarget else { return }
        // Whatever was due before had to wait for this.
        if freeUsers.isEmpty { starvedAt = now }
        freeUsers.append(Int32(user))
    }
}
