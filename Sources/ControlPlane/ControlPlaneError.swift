/// Why the control plane did not do what it was asked.
package enum ControlPlaneError: Error, Equatable {
    case unknownRun(RunID)
    case unknownLoadTest(LoadTestID)
    /// No cluster of this environment is configured.
    case noCluster(EnvironmentKey)
    /// Clusters serve this environment, but none of the kind that the definition needs.
    case noClusterOfKind(Cluster.Kind, EnvironmentKey)
    /// No cluster that could take the run ever has as many users; the largest has `max`.
    case tooManyUsers(max: Int)
    /// No cluster that could take the run has room; each of them with what is in the way.
    case clusterBusy([FullCluster])
    /// The request asks for more than these limits ever allow.
    case limitsExceeded([LimitBreach])
    /// These limits leave no room for it now.
    case limitReached([LimitBreach])
    /// A definition cannot be deleted while these runs of it live.
    case loadTestInUse([RunID])
    /// It was changed since the caller read it.
    case versionConflict(current: Int)
    /// The run is over and takes nothing any more.
    case runIsOver(RunID, RunState)
    /// The run's users cannot be changed in this state.
    case usersNotChangeable(RunID, RunState)
    /// The cluster did not do what it was asked; nothing has changed.
    case clusterRefused(String)
    /// The cluster may have done what it was asked or not.
    case clusterUncertain(String)
    /// The rules of the environment do not allow these servers of the definition.
    case targetNotAllowed([TargetFault])
    /// The run does not await approval, or somebody is just deciding about it.
    case notAwaiting(RunID, RunState)
    /// Who may decide about it instead.
    case mayNotApprove(String)
    /// More users than the run was approved for.
    case beyondApproval(RunPlan)
    /// The environment is in a window in which nothing is started.
    case frozen(Freeze)
    /// This keeps such load away until it is lifted.
    case emergencyStop(EmergencyStop)
    /// Runs are being stopped and starts refused, but the store has not taken the order: it would
    /// not outlive this process.
    case emergencyNotStored(StoreFailure)
    case tooManyEmergencyStops(max: Int)
    /// As many runs of the tenant await approval as may.
    case tooManyAwaiting(max: Int)
    case unknownEmergencyStop(String)
    /// Only an administrator of the whole service lifts what one has ordered.
    case notYoursToLift(EmergencyStop)
    /// The service is on its way up and has not yet taken over the runs of the process before.
    case startingUp
    /// The service is on its way down.
    case shuttingDown
    /// The configuration has no key to encrypt what is secret.
    case noEncryptionKey
    case unknownToken(TokenID)
    /// An unended token of the tenant has this name.
    case tokenNameTaken(String)
    /// The tenant has as many unended tokens.
    case tooManyTokens(max: Int)
    case unknownSchedule(ScheduleID)
    case unknownSuite(SuiteID)
    case unknownSuiteRun(SuiteRunID)
    /// The tenant has as many schedules.
    case tooManySchedules(max: Int)
    /// The tenant has as many suites.
    case tooManySuites(max: Int)
    /// As many suites of the tenant are being run.
    case tooManySuiteRuns(max: Int)
    /// A definition cannot be run with these numbers.
    case unfitDefinition(String)
    case unknownShare(ShareID)
    /// As many share links of the run are valid.
    case tooManyShares(max: Int)
    case unknownWebhook(WebhookID)
    /// The tenant has as many webhooks.
    case tooManyWebhooks(max: Int)
    case unknownDelivery(DeliveryID)
    /// As many deliveries of the webhook wait.
    case outboxFull(max: Int)
    case unknownUser(UserID)
    /// Another user of the tenant has this name.
    case userNameTaken(String)
    /// The tenant has as many users.
    case tooManyAccounts(max: Int)
    /// The store could not do its work.
    case store(StoreFailure)
    /// A stop is under way, but the store has not taken it: it would not outlive this process.
    case stopNotStored(StoreFailure)
}

extension ControlPlaneError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownRun(let id): "there is no run \(id)"
        case .unknownLoadTest(let id): "there is no load test \(id)"
        case .noCluster(let key):
            "no cluster serves environment \(key.envID) of tenant \(key.tenantID)"
        case .noClusterOfKind(let kind, let key):
            "no \(kind.rawValue) cluster serves environment \(key.envID) of tenant "
                + "\(key.tenantID), and the definition is made for one"
        case .tooManyUsers(let max): "no cluster has more than \(max) users"
        case .clusterBusy([]): "the cluster is busy"
        case .clusterBusy(let clusters):
            clusters.map(\.description).joined(separator: "; ")
        case .limitsExceeded(let breaches), .limitReached(let breaches):
            breaches.map(\.description).joined(separator: "; ")
        case .loadTestInUse(let runs):
            "the load test has live runs" + (runs.isEmpty ? "" : ": \(Self.list(runs))")
        case .versionConflict(let current): "it was changed; it is at version \(current)"
        case .runIsOver(let id, let state): "run \(id) is over (\(state.rawValue))"
        case .usersNotChangeable(let id, let state):
            "run \(id) is \(state.rawValue); users are changed while it is Starting or Running"
        case .clusterRefused(let cause): cause
        case .clusterUncertain(let cause): "it is not known whether the change was made: \(cause)"
        case .targetNotAllowed(let faults):
            faults.map { "\($0.pointer) \($0.message)" }.joined(separator: "; ")
        case .notAwaiting(let id, .awaitingApproval):
            "run \(id) is just being decided about; try again"
        case .notAwaiting(let id, let state): "run \(id) is \(state.rawValue)"
        case .mayNotApprove(let who): "this is decided by \(who)"
        case .beyondApproval(let plan):
            "the run was approved for \(plan.targetUsers) users, at \(plan.spawnRate) per second; "
                + "more of them is another run, which needs an approval of its own"
        case .frozen(let freeze): "nothing is started in \(freeze)"
        case .emergencyStop(let stop): "nothing is started: \(stop)"
        case .emergencyNotStored(let cause):
            "the emergency stop is being carried out, but could not be stored: \(cause)"
        case .tooManyEmergencyStops(let max): "\(max) emergency stops hold already"
        case .tooManyAwaiting(let max): "\(max) runs of the tenant await approval already"
        case .unknownEmergencyStop(let id): "there is no emergency stop \(id)"
        case .notYoursToLift(let stop):
            "\(stop.createdBy) administers the whole service, and only such an administrator lifts "
                + "it"
        case .startingUp: "the service is starting and takes over its runs; try again"
        case .shuttingDown: "the service is shutting down"
        case .noEncryptionKey:
            "storage.encryptionKey is not configured, and secrets are not stored without it"
        case .unknownToken(let id): "there is no token \(id)"
        case .unknownSchedule(let id): "there is no schedule \(id)"
        case .unknownSuite(let id): "there is no suite \(id)"
        case .unknownSuiteRun(let id): "there is no suite run \(id)"
        case .tooManySchedules(let max):
            "the tenant has \(max) schedules; delete those that nobody needs"
        case .tooManySuites(let max):
            "the tenant has \(max) suites; delete those that nobody needs"
        case .tooManySuiteRuns(let max): "\(max) suites of the tenant are being run already"
        case .unfitDefinition(let cause): cause
        case .unknownShare(let id): "there is no share link \(id) of the run"
        case .tooManyShares(let max):
            "\(max) share links of the run are valid, and no more may be; revoke some"
        case .unknownWebhook(let id): "there is no webhook \(id)"
        case .tooManyWebhooks(let max):
            "the tenant has \(max) webhooks; delete those that nobody needs"
        case .unknownDelivery(let id): "there is no delivery \(id) of the webhook"
        case .outboxFull(let max):
            "\(max) deliveries of the webhook wait already, because its receiver takes none"
        case .tokenNameTaken(let name): "another token of the tenant has the name \(name)"
        case .tooManyTokens(let max):
            "the tenant has \(max) tokens; revoke those that nobody uses"
        case .unknownUser(let id): "there is no user \(id)"
        case .userNameTaken(let name): "another user of the tenant has the name \(name)"
        case .tooManyAccounts(let max):
            "the tenant has \(max) users; delete those that nobody is any more"
        case .store(let cause): "the store failed: \(cause)"
        case .stopNotStored(let cause): "a stop is under way, but could not be stored: \(cause)"
        }
    }

    private static func list(_ runs: [RunID]) -> String {
        runs.count == 1
            ? "run \(runs[0])" : "runs \(runs.map(\.text).joined(separator: ", "))"
    }
}
