import Foundation
import TestSupport
import Testing

@testable import Locust

/// Against Locust itself, of the versions that are installed beside the package.
struct RealMasterTests {
    static let installed = LocustInstallation.allCases.filter(\.isInstalled)

    /// Polls `probe` until it gives something: Locust takes seconds to report.
    private func eventually<Value>(
        _ what: Comment, _ probe: () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let value = try await probe() { return value }
            try await Task.sleep(for: .milliseconds(100))
        }
        let nothing: Value? = nil
        return try #require(nothing, what)
    }

    @Test(arguments: installed)
    func `a test is started, measured, reset and stopped`(
        installation: LocustInstallation
    ) async throws {
        var setup = LocustSetup()
        setup.installation = installation
        setup.workers = 2
        setup.locustfile = .text(Locustfiles.reporting)
        try await withLocust(setup) { locust in
            let master = LocustMaster(baseURL: locust.baseURL, bearerToken: nil)
            #expect(try await master.workerCount() == 2)
            let info = try await master.index()
            #expect(info.version?.hasPrefix(installation == .current ? "2.47." : "2.32.") == true)
            #expect(info.state == .ready)
            #expect(info.userClasses == ["Reporting"])
            #expect(info.rowPercentiles == [0.95, 0.99])

            let ordered = ContinuousClock.now
            let answer = try await master.swarm(
                SwarmRequest(
                    userCount: 4, spawnRate: 4, host: "http://127.0.0.1:9", runTimeSeconds: 300))
            #expect(answer.host == "http://127.0.0.1:9")
            #expect(answer.runTimeSeconds == 300)
            let report = try await eventually("numbers of a running test") {
                let report = try await master.stats()
                let isComplete = report.state == .running && report.userCount == 4
                return isComplete && report.rows.count == 2 ? report : nil
            }
            checkNumbers(report)
            #expect(try await master.exceptions().isEmpty)
            let age = try #require(try await master.testAge())
            // Both of its ends are whole seconds.
            #expect(age >= .zero && age <= ContinuousClock.now - ordered + .seconds(1))

            try await master.resetStats()
            #expect(master.verb.current == (installation == .current ? "POST" : "GET"))
            try await master.stop()
            let stopped = try await eventually("a stopped test") {
                let report = try await master.stats()
                return report.state == .stopped ? report : nil
            }
            #expect(stopped.userCount == 0)
            try await master.stop()  // With nothing to stop, and with the method remembered.
        }
    }

    private func checkNumbers(_ report: StatsReport) {
        #expect(report.rows.map(\.name) == ["/broken", "/ok"])
        #expect(report.aggregated.requests == report.rows.reduce(0) { $0 + $1.requests })
        #expect(report.aggregated.failures == report.rows[0].requests)
        #expect(report.rows[1].averageMilliseconds == 12.5)
        #expect(report.rows[1].percentiles == [0.95: 12, 0.99: 12])
        #expect(report.workerCount == 2)
        #expect(report.workers?.map(\.state) == [.running, .running])
        #expect(report.errors.count == 1)
        #expect(report.errors.first?.occurrences == report.aggregated.failures)
    }

    @Test(arguments: installed)
    func `the method of a stop is found again after an upgrade or a downgrade`(
        installation: LocustInstallation
    ) async throws {
        var setup = LocustSetup()
        setup.installation = installation
        setup.workers = 0
        try await withLocust(setup) { locust in
            let master = LocustMaster(baseURL: locust.baseURL, bearerToken: nil)
            for method in ["GET", "POST"] {
                master.verb.remember(method)
                try await master.stop()
                #expect(master.verb.current == (installation == .current ? "POST" : "GET"))
            }
        }
    }

    @Test(arguments: installed)
    func `a refused swarm is told apart from an accepted one`(
        installation: LocustInstallation
    ) async throws {
        var setup = LocustSetup()
        setup.installation = installation
        setup.workers = 0
        try await withLocust(setup) { locust in
            let master = LocustMaster(baseURL: locust.baseURL, bearerToken: nil)
            let call = master.calling("start the swarm", "POST", "/swarm")
            let form = [("user_count", "1"), ("spawn_rate", "1"), ("run_time", "1.5")]
            let error = try #require(
                await #expect(throws: LocustError.self) {
                    _ = try await master.send(form: form, call)
                })
            guard case .refusedSwarm(_, let message) = error else {
                Issue.record(error)
                return
            }
            #expect(message.contains("run_time"))
            #expect(!error.outcomeUnknown)
        }
    }

    @Test(.enabled(if: LocustInstallation.current.isInstalled))
    func `the run identity is read, its lease renewed, and its argument set by a swarm`()
        async throws
    {
        var setup = LocustSetup()
        setup.locustfile = .text(Locustfiles.identified)
        try await withLocust(setup) { locust in
            let master = LocustMaster(baseURL: locust.baseURL, bearerToken: nil)
            #expect(try await master.index().extraOptions == ["swarmkeeper_run_id"])
            _ = try await master.swarm(
                SwarmRequest(
                    userCount: 1, spawnRate: 1, host: "",
                    options: ["swarmkeeper_run_id": "run é & = 7"]))
            let identity = try #require(try await master.runIdentity(renewing: "r1"))
            #expect(identity.runID == "r1")
            #expect(identity.runIDNow == "run é & = 7")
            #expect(identity.locustfile == "r1")  // The route echoes the header there.
            #expect(identity.users == 2)
            #expect(identity.leaseInSeconds == nil)
            try await master.stop()
        }
    }

    @Test(.enabled(if: LocustInstallation.current.isInstalled))
    func `a base path is needed by masters that have one`() async throws {
        var setup = LocustSetup()
        setup.basePath = "/locust"
        try await withLocust(setup) { locust in
            let slashed = try #require(URL(string: "\(locust.baseURL)/"))
            let master = LocustMaster(baseURL: slashed, bearerToken: nil)
            #expect(try await master.workerCount() == 1)
            #expect(try await master.index().version?.hasPrefix("2.47.") == true)
            #expect(try await master.runIdentity(renewing: nil) == nil)

            let root = try #require(URL(string: "/", relativeTo: locust.baseURL))
            let error = await #expect(throws: LocustError.self) {
                _ = try await LocustMaster(baseURL: root, bearerToken: nil).workerCount()
            }
            #expect(error?.description.contains("--web-base-path") == true)
        }
    }

    @Test(.enabled(if: LocustInstallation.current.isInstalled))
    func `a master behind a token refuses others and accepts the token`() async throws {
        var setup = LocustSetup()
        setup.locustfile = .text(Locustfiles.tokenProtected)
        setup.bearerToken = "let-me-in"
        try await withLocust(setup) { locust async throws in
            let friend = LocustMaster(baseURL: locust.baseURL, bearerToken: "let-me-in")
            #expect(try await friend.workerCount() == 1)
            for token in [nil, "wrong"] {
                let stranger = LocustMaster(baseURL: locust.baseURL, bearerToken: token)
                let error = await #expect(throws: LocustError.self) { try await stranger.stop() }
                guard case .unauthorized(_, 401) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(error?.outcomeUnknown == false)
            }
        }
    }

    @Test(
        .enabled(if: LocustInstallation.current.isInstalled),
        arguments: [LocustSetup.pausingUsers, Locustfiles.login])
    func `a master with a login is recognised, with login code and without`(
        locustfile: String
    ) async throws {
        var setup = LocustSetup()
        setup.workers = 0
        setup.locustfile = .text(locustfile)
        setup.arguments = ["--web-login"]
        try await withLocust(setup) { locust in
            let master = LocustMaster(baseURL: locust.baseURL, bearerToken: "token")
            let request = SwarmRequest(userCount: 1, spawnRate: 1, host: "")
            let errors = [
                await #expect(throws: LocustError.self) { _ = try await master.index() },
                await #expect(throws: LocustError.self) { _ = try await master.stats() },
                await #expect(throws: LocustError.self) { _ = try await master.swarm(request) },
                await #expect(throws: LocustError.self) { try await master.stop() },
            ]
            for error in errors {
                #expect(error?.description.contains("--web-login") == true)
                #expect(error?.outcomeUnknown == false)
            }
        }
    }

    @Test(.enabled(if: LocustInstallation.current.isInstalled))
    func `a hung master times out, and a dead one is unreachable`() async throws {
        try await withLocust { locust in
            var timeouts = LocustMaster.Timeouts(call: .milliseconds(300))
            timeouts.stop = .milliseconds(300)
            let hasty = LocustMaster(
                baseURL: locust.baseURL, bearerToken: nil, timeouts: timeouts)
            locust.signalMaster(SIGSTOP)
            let hung = await #expect(throws: LocustError.self) { try await hasty.stop() }
            locust.signalMaster(SIGCONT)
            guard case .timedOut(_, .milliseconds(300)) = hung else {
                Issue.record("\(String(describing: hung))")
                return
            }
            #expect(hung?.outcomeUnknown == true)

            let patient = LocustMaster(baseURL: locust.baseURL, bearerToken: nil)
            #expect(try await patient.stats().state == .ready)

            locust.signalMaster(SIGKILL)
            let dead = try await eventually("an unreachable master") {
                do {
                    _ = try await patient.stats()
                } catch let error as LocustError {
                    if case .unreachable = error { return error }
                }
                return nil
            }
            #expect(!dead.outcomeUnknown)
        }
    }
}
