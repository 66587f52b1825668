import Foundation
import JSON
import Logging

/// Changes of users while load is on: asked for by many, made one after the other by the lane, so
/// that none of them overtakes a start, is made during a stop, or comes after one.
extension RunSupervisor {
    /// A wish, and whoever waits to hear what became of it.
    struct UsersChange {
        let users: Int
        let spawnRate: Double?
        let ceilings: [Ceiling]
        let actor: String
        let outcome: CheckedContinuation<Result<Run, ControlPlaneError>, Never>
    }

    /// As many wishes wait for the lane: each has a caller who is waiting, too.
    static let usersChangesMax = 16

    /// How often a change of an earlier process is tried: a cluster that was just asked for load
    /// may not show it for 2 s yet, and takes no change before.
    static let usersRepeatsMax = 8

    /// Returns when the cluster has taken the change, with the run as it is stored.
    func changeUsers(
        to users: Int, spawnRate: Double?, within ceilings: [Ceiling] = [], by actor: String
    ) async throws(ControlPlaneError) -> Run {
        try checkUsersChangeable()
        guard !laneHasEnded else { throw .shuttingDown }
        guard usersChanges.count < Self.usersChangesMax else {
            throw .clusterRefused("\(usersChanges.count) changes of users are waiting already")
        }
        return try await withCheckedContinuation { outcome in
            enqueue(
                UsersChange(
                    users: users, spawnRate: spawnRate, ceilings: ceilings, actor: actor,
                    outcome: outcome))
        }.get()
    }

    /// What the lane does for the first that waits.
    func changeUsers() async {
        guard !usersChanges.isEmpty else { return }
        let change = usersChanges.removeFirst()
        do throws(ControlPlaneError) {
            try await make(change)
            change.outcome.resume(returning: .success(run))
        } catch {
            change.outcome.resume(returning: .failure(error))
        }
    }

    /// Repeats a change of users that an earlier process may have stored and not told the cluster
    /// any more.
    ///
    /// - Parameter last: the last such order of that process.
    func repeatUsersChange(_ last: TimelineEntry?) async {
        guard run.targetUsersNow != nil, last?.outcome?.result != .done, isLoadExpected else {
            return
        }
        do {
            let mark = try await intendUsers(run.targetUsers, run.spawnRate)
            for _ in 1..<Self.usersRepeatsMax where isLoadExpected {
                // The last try tells what is wrong.
                if (try? await give(run.targetUsers, run.spawnRate, mark)) != nil { return }
                try await time.sleep(for: settings.watchInterval)
            }
            guard isLoadExpected else { return }
            try await give(run.targetUsers, run.spawnRate, mark)
        } catch {
            logger.warning("users not set again", ["cause": .string("\(error)")])
        }
    }

    private func intendUsers(_ users: Int, _ spawnRate: Double) async throws(ControlPlaneError)
        -> TimelineMark?
    {
        let mark = try await intend(
            .changeUsers, facts: ["users": .int(Int64(users)), "spawnRate": .double(spawnRate)])
        CrashPoint.usersIntended.reach()
        return mark
    }

    /// Tells the cluster, and notes what it says.
    private func give(_ users: Int, _ spawnRate: Double, _ mark: TimelineMark?)
        async throws(DriverError)
    {
        let order = Task(executorPreference: executor) { [driver, id] in
            do throws(DriverError) {
                return Result<Void, DriverError>.success(
                    try await driver.setUsers(users, spawnRate: spawnRate, of: id))
            } catch {
                return .failure(error)
            }
        }
        usersOrder = order
        defer { usersOrder = nil }
        do throws(DriverError) {
            try await withTaskCancellationHandler {
                await order.value
            } onCancel: {
                order.cancel()
            }.get()
        } catch {
            await settle(
                mark, error.outcomeIsUnknown ? .unknown : .refused, error.description)
            throw error
        }
        CrashPoint.usersGiven.reach()
        await briefly { await $0.settle(mark, .done) }
    }

    /// For a stop, which comes behind it in the lane.
    func cutOffUsersChange() {
        guard let order = usersOrder else { return }
        Task(executorPreference: executor) { [time, settings] in
            // Cut short, the service ends, which cuts off the change, too.
            try? await time.sleep(for: settings.stopWaitsForUsersChange)
            order.cancel()
        }
    }

    private func checkUsersChangeable() throws(ControlPlaneError) {
        if run.state.isOver { throw .runIsOver(id, run.state) }
        guard isLoadExpected else { throw .usersNotChangeable(id, run.state) }
    }

    /// Takes the room, stores the wish, and then tells the cluster; each only while no stop came.
    private func make(_ change: UsersChange) async throws(ControlPlaneError) {
        try checkUsersChangeable()
        // What waits in the lane of a service that is going down is not begun any more.
        guard !Task.isCancelled else { throw .shuttingDown }
        let (usersBefore, rateBefore) = (run.targetUsers, run.spawnRate)
        let spawnRate = change.spawnRate ?? rateBefore
        if let max = capacity.usersMax, change.users > max { throw .tooManyUsers(max: max) }
        try checkLimits(of: change, spawnRate)
        // Room is taken before it is used and given back after, so that the limit always holds.
        if change.users > usersBefore { try await reserve(change.users, within: change.ceilings) }
        try checkUsersChangeable()
        _ = react(to: .usersChanged(to: change.users, spawnRate: spawnRate, by: change.actor))
        let mark: TimelineMark?
        do throws(ControlPlaneError) {
            try await persist()
            CrashPoint.usersDecided.reach()
            mark = try await intendUsers(change.users, spawnRate)
        } catch {
            await takeBack(to: usersBefore, rateBefore, by: change.actor)
            throw error
        }
        do throws(ControlPlaneError) {
            try checkUsersChangeable()
        } catch {
            await settle(mark, .refused, "not given: \(error)")
            throw error
        }
        do {
            try await give(change.users, spawnRate, mark)
        } catch  where error.outcomeIsUnknown {
            throw .clusterUncertain(error.description)
        } catch {
            await takeBack(to: usersBefore, rateBefore, by: change.actor)
            throw .clusterRefused(error.description)
        }
        logger.info(
            "users changed",
            [
                "users": .int(change.users), "spawnRate": .double(spawnRate),
                "by": .string(change.actor),
            ])
        if change.users < usersBefore { await giveBackRoom(but: change.users) }
    }

    /// A change that was not made leaves the run as it was, unless a stop came meanwhile: then the
    /// run keeps the wish, which no longer matters.
    private func takeBack(to users: Int, _ spawnRate: Double, by actor: String) async {
        guard isLoadExpected else { return }
        await apply(.usersChanged(to: users, spawnRate: spawnRate, by: actor))
        await giveBackRoom(but: users)
    }

    /// Room that is not given back is only free later, at the end of the run.
    private func giveBackRoom(but users: Int) async {
        do {
            try await reserve(users)
        } catch {
            logger.error("room for users not given back", ["cause": .string("\(error)")])
        }
    }

    private func reserve(_ users: Int, within ceilings: [Ceiling] = [])
        async throws(ControlPlaneError)
    {
        try await store.reserve(
            users, for: id, room: Room(capacity, within: ceilings, at: time.now))
    }

    /// What no change may ask for, whatever else runs. A run that was started under other limits
    /// may go on as it is, and may become smaller: only what grows is checked.
    private func checkLimits(of change: UsersChange, _ spawnRate: Double)
        throws(ControlPlaneError)
    {
        var asked = run.plan
        (asked.targetUsers, asked.spawnRate) = (change.users, spawnRate)
        let exceeded = change.ceilings.flatMap { $0.breaches(by: asked) }.filter { breach in
            switch breach.name {
            case .maxUsers, .maxTotalUsers: change.users > run.targetUsers
            case .maxSpawnRate: spawnRate > run.spawnRate
            default: false
            }
        }
        guard exceeded.isEmpty else { throw .limitsExceeded(exceeded) }
    }
}
