import Foundation

/// What is in use, as the store counts it: the live runs, and what began today.
package struct Usage: Equatable, Sendable {
    /// What one live run counts for.
    package struct Share: Equatable, Sendable {
        package let run: RunID
        package let environment: EnvironmentKey
        package let clusterID: String
        package let users: Int
        package let requestsPerSecond: Double
        package let hosts: [TargetHost]

        package init(
            run: RunID, environment: EnvironmentKey, clusterID: String, users: Int,
            requestsPerSecond: Double = 0, hosts: [TargetHost] = []
        ) {
            self.run = run
            self.environment = environment
            self.clusterID = clusterID
            self.users = users
            self.requestsPerSecond = requestsPerSecond
            self.hosts = hosts
        }

        /// - Parameter users: as they are reserved, which a change of users does before it is made.
        package init(_ run: Run, users: Int? = nil) {
            self.init(
                run: run.id, environment: run.spec.environment, clusterID: run.clusterID,
                users: users ?? run.targetUsers,
                requestsPerSecond: run.plan.reach?.requestsPerSecond ?? 0,
                hosts: run.plan.reach?.hosts ?? [])
        }

        /// The same on a cluster.
        func on(_ cluster: String) -> Share {
            Share(
                run: run, environment: environment, clusterID: cluster, users: users,
                requestsPerSecond: requestsPerSecond, hosts: hosts)
        }
    }

    package var live: [Share]
    /// Runs that began on the day of `at`.
    package var today: [EnvironmentKey: Int]
    package let at: Date

    package init(live: [Share] = [], today: [EnvironmentKey: Int] = [:], at date: Date) {
        self.live = live
        self.today = today
        at = date
    }

    /// Counts a run that has just begun.
    mutating func add(_ share: Share) {
        live.append(share)
        today[share.environment, default: 0] += 1
    }
}

/// The calendar day, UTC, by which runs per day are counted.
package enum RunDay {
    private static let seconds = 86_400.0

    /// Days since 1970.
    package static func number(of date: Date) -> Int {
        Int((date.timeIntervalSince1970 / seconds).rounded(.down))
    }

    /// When the next one begins.
    package static func end(of date: Date) -> Date {
        Date(timeIntervalSince1970: Double(number(of: date) + 1) * seconds)
    }
}

/// Where the load of a run goes, and the requests per second that an open model asks for.
package struct LoadReach: Equatable, Sendable, Codable {
    /// 0 for a closed model, whose users wait for answers.
    package var requestsPerSecond: Double
    /// Each once: that of the target URL, and those that a scenario or a list of targets names.
    package var hosts: [TargetHost]

    package init(requestsPerSecond: Double = 0, hosts: [TargetHost] = []) {
        self.requestsPerSecond = requestsPerSecond
        self.hosts = hosts
    }
}
