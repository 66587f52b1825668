/// A load-generating cluster of the configuration.
package struct Cluster: Equatable, Sendable {
    /// What generates the load, by the name that the configuration and the API give it.
    package enum Kind: String, CaseIterable, Sendable {
        case locust
        case native
    }

    /// The same with what each kind needs.
    package enum Generator: Equatable, Sendable {
        case locust(LocustSettings)
        case native(NativeSettings)
    }

    package let id: String
    package let generator: Generator
    package let serves: [EnvironmentKey]

    package init(id: String, generator: Generator, serves: [EnvironmentKey]) {
        self.id = id
        self.generator = generator
        self.serves = serves
    }

    package var kind: Kind {
        switch generator {
        case .locust: .locust
        case .native: .native
        }
    }

    /// Nil for a native cluster.
    package var locust: LocustSettings? {
        if case .locust(let settings) = generator { settings } else { nil }
    }

    /// Nil for a Locust cluster.
    package var native: NativeSettings? {
        if case .native(let settings) = generator { settings } else { nil }
    }

    package var capacity: ClusterCapacity {
        switch generator {
        // A master has one test, and a second order would change the first one's load.
        case .locust: .oneRun
        case .native(let settings):
            .shared(runsMax: settings.maxConcurrentRuns, usersMax: settings.maxUsers)
        }
    }
}

/// Where a Locust master is.
package struct LocustSettings: Equatable, Sendable {
    package let baseURL: String
    /// Sent as a bearer token to the master; empty when it asks for none.
    package let authToken: String
    /// For a master behind TLS.
    package let tls: TLSFiles

    package init(baseURL: String, authToken: String = "", tls: TLSFiles = TLSFiles()) {
        self.baseURL = baseURL
        self.authToken = authToken
        self.tls = tls
    }
}

/// How much of this machine the engine may take, and how it speaks TLS.
package struct NativeSettings: Equatable, Sendable {
    /// As many processes are left room for on a small machine; each has a core's worth of work.
    package static let maxConcurrentRunsDefault = 4
    /// A process that measures undisturbed has this many connections on one core; more is a
    /// decision that somebody should take.
    package static let maxUsersDefault = 10_000
    package static let threadsDefault = 1
    /// Far above the cores of any machine that this runs on; a larger number is a slip.
    package static let threadsMax = 64
    package static let concurrentRunsMax = 1_000

    package var maxConcurrentRuns: Int
    /// Over all live runs together.
    package var maxUsers: Int
    /// Load-generating threads of each run.
    package var threads: Int
    package var tls: TLSFiles

    package init(
        maxConcurrentRuns: Int = maxConcurrentRunsDefault, maxUsers: Int = maxUsersDefault,
        threads: Int = threadsDefault, tls: TLSFiles = TLSFiles()
    ) {
        self.maxConcurrentRuns = maxConcurrentRuns
        self.maxUsers = maxUsers
        self.threads = threads
        self.tls = tls
    }
}
