import ControlPlane
import Exposition
import HTTP
import Logging
import Metrics
import Synchronization

/// All figures of the service, from where they are kept, as families for whoever exports them.
package final class ServiceMeters: Sendable {
    /// Who asks, which decides what is shown.
    package enum Audience: Equatable, Sendable {
        /// The operator: everything.
        case service
        /// Runs of this scope, and nothing of the service.
        case tenant(Scope)
        /// The service without whatever belongs to a tenant.
        case anybody
    }

    /// What the rest of the process knows, told once it is put together.
    package struct Sources: Sendable {
        package var version = ""
        package var queues: @Sendable () -> [QueueLag] = { [] }
        package var connections: @Sendable () -> Int = { 0 }
        package var storeLatencies: @Sendable () -> [String: DurationCounts] = { [:] }
        package var telemetry: @Sendable () -> [MetricFamily] = { [] }
        package var webhooks: @Sendable () -> [MetricFamily] = { [] }

        package init() {}
    }

    let requests = RequestMeters()
    let runs: RunFigures
    private let orchestrator: Orchestrator
    private let sources = Mutex(Sources())
    private let settings = Mutex(MetricsSettings())

    init(
        _ orchestrator: Orchestrator, _ history: any MeasurementSource, time: any TimeSource,
        logger: Logger
    ) {
        self.orchestrator = orchestrator
        runs = RunFigures(history, time: time, logger: logger)
    }

    package func attach(_ sources: Sources) { self.sources.withLock { $0 = sources } }

    package func replace(_ settings: MetricsSettings) {
        self.settings.withLock { $0 = settings }
    }

    /// Whom the settings let in at this route alone: who has the scraper's token, and where it
    /// is open whoever has none; nobody who has brought one that is wrong.
    func caller(_ request: Request, at route: APIRoute) -> Principal? {
        guard route.mayBeOpen else { return nil }
        let settings = settings.withLock { $0 }
        guard request.headers["Authorization"] != nil else {
            return settings.access == .open ? .stranger : nil
        }
        guard let token = settings.token,
            let sent = Authenticator.bearerToken(in: request.headers),
            Digest(of: Array(token.utf8)).equalsInConstantTime(Digest(of: Array(sent.utf8)))
        else { return nil }
        return .scraper
    }

    /// The figures now. Those of runs are as old as `RunFigures` says; for nothing else is there
    /// a wait.
    package func families(for audience: Audience) async -> [MetricFamily] {
        let sources = sources.withLock { $0 }
        let limit = settings.withLock { $0.endpointsPerRun }
        let runs = await runs.current(endpointsPerRun: limit)
        var families = [Self.build(sources.version)]
        if audience != .anybody {
            let scope = if case .tenant(let scope) = audience { scope } else { Scope.everything }
            families += runs.families(in: scope)
        }
        guard audience == .service || audience == .anybody else { return families }
        families += RequestFamilies.all(requests)
        families += ProcessFigures.families()
        families += InternalFamilies.all(
            sources, supervision: orchestrator.executor.meters, isStoreRead: runs.isFresh)
        if audience == .service {
            families += ClusterFamilies.all(await orchestrator.knownClusters())
            families += sources.telemetry() + sources.webhooks()
        }
        return families
    }

    private static func build(_ version: String) -> MetricFamily {
        MetricFamily(
            "swarmkeeper_build", .info, help: "The program.",
            [MetricPoint(1, [("version", version)])])
    }
}

extension Principal {
    /// Somebody of whom nothing is known.
    static let stranger = Principal(name: "", role: .viewer, scope: .tenant(""))
    /// Who has `metrics.token`, known at one route only.
    static let scraper = Principal(name: "metrics.token", role: .viewer, scope: .everything)
}
