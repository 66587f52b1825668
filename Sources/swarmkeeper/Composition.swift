import API
import ControlPlane
import Drivers
import Foundation
import HTTPServer
import History
import Logging
import Networking
import Webhooks

/// Puts the service together: the only file that knows all of its parts.
struct Composition {
    /// Time for open requests to finish after SIGTERM: longer than any answer of ours takes.
    static let drainMax = Duration.seconds(10)
    /// Time for the requests of native load after SIGTERM; what is then still on its way ends with
    /// the process.
    static let engineDrainMax = Duration.seconds(5)
    /// Time for the supervisors to see that this load is gone, once a second, and to store it.
    static let lastNumbersMax = Duration.seconds(5)
    /// Between two rounds of deleting old history.
    static let retentionInterval = Duration.seconds(3600)

    private let configuration: Configuration
    private let settings: ServeSettings
    private let secrets: SecretRegistry
    private let logger: Logger
    private let time = SystemTime()
    private let storeLock: StoreLock
    private let history: HistoryStore
    private let drivers: ClusterDrivers
    private let orchestrator: Orchestrator
    private let authenticator: Authenticator
    private let audit: ServiceAudit
    private let clusterSecrets: ClusterSecrets
    private let tokenUses: TokenUseRecorder
    private let live: LiveFeed
    private let scheduler: Scheduler
    private let suiteRunner: SuiteRunner
    private let rateLimiter: RateLimiter
    private let server: HTTPServer
    /// The lag of every internal queue.
    private let queueWatch: QueueWatch
    private let meters: ServiceMeters
    private let telemetry: OTLPExporter?
    private let webhooks: WebhookDelivery

    /// Takes the port, and then the store: a second service that was started by mistake fails at
    /// one of them without having touched a file, a run or a cluster. Clients wait until `run`.
    ///
    /// - Throws: `PortFailure`, `ControlPlaneError.store`.
    init(_ configuration: Configuration, settings: ServeSettings) throws {
        let listener = try TCPListener(configuration.server)
        self.configuration = configuration
        self.settings = settings
        secrets = SecretRegistry(configuration.secrets)
        logger = Logger(level: configuration.logLevel, secrets: secrets)
        // Before the store is touched, which may be another process's.
        storeLock = try StoreLock(storePath: configuration.storagePath)
        history = try HistoryStore(
            path: configuration.storagePath, logger: logger, auditKeys: configuration.audit.keys,
            encryptionKeys: configuration.encryptionKeys)
        authenticator = Authenticator(
            configuration.authenticatorTokens, tenants: configuration.tenantIDs)
        authenticator.replace(configuration.auth.settings)
        rateLimiter = RateLimiter(configuration.rateLimits)
        drivers = ClusterDrivers(
            callbackURL: configuration.server.publicURL,
            engine: EngineProgram(ofThisProcess: Version.text), time: time, logger: logger)
        let runTokens = RunTokens(time: time, awaitsAdoption: true)
        let liveEvents = LiveEvents()
        orchestrator = Orchestrator(
            catalog: configuration.catalog, store: history, drivers: drivers,
            hosts: SystemHostLookup(),
            settings: configuration.supervision, time: time, logger: logger,
            awaitsAdoption: true, callbackTokens: runTokens, liveEvents: liveEvents)
        clusterSecrets = ClusterSecrets(
            history, drivers: drivers, masks: secrets, time: time, logger: logger)
        let services = Services(
            orchestrator: orchestrator, loadTests: history, history: history, idempotency: history,
            audit: history, clusterSecrets: clusterSecrets, tokens: history,
            accounts: Accounts(history), authenticator: authenticator, runTokens: runTokens,
            policy: configuration.server.policy, rateLimiter: rateLimiter,
            liveEvents: liveEvents, webhooks: history, receiverHosts: SystemHostLookup(),
            mail: configuration.mailRules, time: time, logger: logger)
        live = services.live
        scheduler = services.scheduler
        suiteRunner = services.suiteRunner
        audit = ServiceAudit(services)
        tokenUses = TokenUseRecorder(services)
        server = HTTPServer(
            configuration: ServerConfiguration(
                host: configuration.server.host, port: configuration.server.port,
                tls: try configuration.server.tls.map(TLSServerContext.init),
                proxies: configuration.server.proxies),
            listener: listener, router: API.router(services),
            onDiagnostic: API.diagnostic(services))
        queueWatch = QueueWatch(
            [
                server.lags, services.admission.lags, orchestrator.executor.lags,
                orchestrator.queueLags,
                { [history] in history.lag().queues },
            ], time: time, logger: logger)
        meters = services.meters
        meters.replace(configuration.metrics)
        telemetry = configuration.otlp.map { [meters, time, logger] settings in
            OTLPExporter(settings, meters, time: time, logger: logger)
        }
        webhooks = WebhookDelivery(
            configuration, history, orchestrator, time: time, logger: logger)
        meters.attach(sources)
    }

    /// What nobody but the composition can tell of.
    private var sources: ServiceMeters.Sources {
        var sources = ServiceMeters.Sources()
        sources.version = Version.text
        sources.queues = { [figures = queueWatch.figures] in figures.lags }
        sources.connections = { [server] in server.connectionCount }
        sources.storeLatencies = { [history] in history.latencies.snapshots }
        sources.webhooks = { [webhooks] in WebhookFamilies.all(webhooks.meters) }
        if let telemetry { sources.telemetry = { telemetry.families } }
        return sources
    }

    /// Serves until a signal asks for the end.
    ///
    /// A hook's message that comes before its run is adopted is answered 503, after which the hook
    /// sends it again; 404 would make it drop its numbers, 409 stop its load. Nothing is started
    /// meanwhile, as the orchestrator sees to.
    ///
    /// - Returns: the runs that it was to stop and that did not end in time.
    func run() async throws -> [RunID] {
        let signals = Signals.stream(of: [SIGHUP, SIGINT, SIGTERM])
        try await loadTokens()
        try await authenticator.people.load(from: history, at: time.now)
        let port = try server.start()
        do {
            try await audit.recordStart(configuration)
            tellWarnings(of: configuration)
            try await loadSecrets()
            try await orchestrator.adopt()
        } catch {
            await server.shutdown(within: .zero)
            throw error
        }
        logger.info(
            "listening",
            [
                "host": .string(configuration.server.host), "port": .int(port),
                "version": .string(Version.text), "tls": .bool(configuration.server.tls != nil),
            ])
        warnOfExposure()
        let (unstopped, runsLeft) = await withTaskGroup(of: Void.self) { group in
            group.addTask { await orchestrator.run() }
            group.addTask { await enforceRetention() }
            group.addTask { await live.run() }
            group.addTask { await suiteRunner.run() }
            group.addTask { await scheduler.run() }
            group.addTask { await audit.run() }
            group.addTask { await tokenUses.run() }
            group.addTask { await webhooks.run() }
            if let telemetry { group.addTask { await telemetry.run() } }
            group.addTask(executorPreference: orchestrator.executor) { await queueWatch.run() }
            for await signal in signals {
                guard signal == SIGHUP else { break }
                await reload()
            }
            for number in [SIGINT, SIGTERM] { Signals.restoreDefault(of: number) }
            let unstopped = await shutDown()
            // As long as there is somebody to know them.
            let runsLeft = await orchestrator.tellLeftRuns()
            group.cancelAll()
            return (unstopped, runsLeft)
        }
        await tokenUses.record()
        await audit.recordEnd("\(runsLeft) runs left")
        await history.close()
        logger.info("ended", ["runsLeft": .int(runsLeft)])
        return unstopped
    }

    /// Leaves or stops the runs. All requests but those that start something are served meanwhile.
    private func shutDown() async -> [RunID] {
        await orchestrator.beginShutdown()
        let runs = await orchestrator.liveCount
        logger.info(
            "shutting down",
            ["onShutdown": .string(settings.onShutdown.rawValue), "runs": .int(runs)])
        var left: [RunID] = []
        if settings.onShutdown == .stop {
            left = await orchestrator.stopAll(
                within: settings.stopLimit ?? configuration.supervision.stopUnconfirmedAfter)
        }
        // With `stop` there is none left, unless one did not end when it was told to.
        let ended = await drivers.endEngines(within: Self.engineDrainMax)
        await orchestrator.untilOver(ended, within: Self.lastNumbersMax)
        if !left.isEmpty {
            logger.error(
                "runs left that were to stop",
                [
                    "runs": .int(left.count),
                    "runIds": .string(left.map(\.text).joined(separator: ",")),
                ])
        }
        await server.shutdown(within: Self.drainMax)
        return left
    }

    /// Tokens that pass a network in clear are anybody's; and who comes through a proxy that nobody
    /// has named has that one's address.
    private func warnOfExposure() {
        let own = configuration.server
        if own.isBehindTLSProxy, own.trustedProxies.isEmpty {
            logger.warning(
                "all clients behind the proxy count as one",
                ["advice": "set server.trustedProxies to the addresses of the reverse proxy"])
        }
        guard own.tls == nil, !own.isBehindTLSProxy, server.isReachedFromElsewhere else { return }
        logger.warning(
            "plain HTTP on an address that others reach",
            [
                "host": .string(own.host),
                "advice": "set server.tls, or server.behindTlsProxy: true behind a reverse proxy",
            ])
    }

    /// Takes over what can change while runs go on; a wrong file changes nothing.
    private func reload() async {
        let new: Configuration
        let tls: TLSServerContext?
        do {
            new = try settings.configuration()
            // Also where the names of the files are the same: what they contain may not be.
            tls = try new.server.tls.map(TLSServerContext.init)
        } catch {
            logger.error("configuration not reloaded", ["problems": .string("\(error)")])
            await audit.recordRefusedReload("\(error)")
            return
        }
        do throws(ControlPlaneError) {
            try await audit.recordReload(new)
        } catch {
            logger.error(
                "configuration not reloaded, because that cannot be recorded",
                ["cause": .string(error.description)])
            return
        }
        tellWarnings(of: new)
        if let tls, configuration.server.tls != nil { server.replaceTLS(with: tls) }
        drivers.forgetTLSFiles()
        webhooks.forgetTLSFiles()
        // The old secrets stay masked: lines about running work may still carry them.
        secrets.replace(configuration.secrets + new.secrets)
        authenticator.replace(new.authenticatorTokens, tenants: new.tenantIDs)
        authenticator.replace(new.auth.settings)
        rateLimiter.replace(new.rateLimits)
        meters.replace(new.metrics)
        warnOfSharedNames(new)
        await orchestrator.replaceCatalog(new.catalog)
        if new.server.needsRestart(after: configuration.server)
            || new.storagePath != configuration.storagePath
            || new.supervision != configuration.supervision || new.audit != configuration.audit
            || new.encryptionKeys != configuration.encryptionKeys
            || new.otlp != configuration.otlp || new.smtp != configuration.smtp
            || new.webhookAuthorityFile != configuration.webhookAuthorityFile
        {
            logger.warning(
                "server, storage, audit, telemetry, smtp and orchestrator change with the next "
                    + "start only"
            )
        }
        logger.info(
            "configuration reloaded",
            [
                "tenants": .int(new.catalog.tenants.count),
                "clusters": .int(new.catalog.clusters.count),
            ])
    }

    private func tellWarnings(of configuration: Configuration) {
        for warning in configuration.warnings {
            logger.warning("configuration", ["warning": .string(warning)])
        }
    }

    /// Seals anew what an earlier key has sealed, and gives the drivers what is stored for them.
    private func loadSecrets() async throws(ControlPlaneError) {
        _ = try await history.renewCredentials(at: time.now)
        let unopened = try await history.renewWebhookSecrets()
        if !unopened.isEmpty {
            logger.error(
                "webhooks that no configured key opens",
                [
                    "webhookIds": .string(unopened.joined(separator: ",")),
                    "remedy": "add their key to storage.previousKeys, or delete them",
                ])
        }
        try await clusterSecrets.load()
    }

    private func loadTokens() async throws {
        authenticator.issued.replace(try await history.unendedTokens(at: time.now))
        warnOfSharedNames(configuration)
    }

    /// A file that gives a stored token's name to another one is not refused, because the service
    /// must start; only `createdBy` does not tell the two apart any more.
    private func warnOfSharedNames(_ configuration: Configuration) {
        for tenant in configuration.tenantIDs.sorted() {
            let shared = authenticator.configuredNames(in: tenant)
                .intersection(authenticator.issued.names(in: tenant, at: time.now))
            guard !shared.isEmpty else { continue }
            logger.warning(
                "tokens with the same name in the configuration and in the store",
                [
                    "tenantId": .string(tenant),
                    "names": .string(shared.sorted().joined(separator: ", ")),
                ])
        }
    }

    private func enforceRetention() async {
        while !Task.isCancelled {
            do {
                try await history.forgetExpiredKeys(at: time.now)
                try await history.forgetEndedTokens(at: time.now)
                try await history.forgetEndedSessions(at: time.now)
                try await history.forgetOldTicks()
                try await history.forgetOldDeliveries(configuration.retention, at: time.now)
                let deleted = try await history.enforce(configuration.retention, at: time.now)
                if deleted > 0 { logger.info("old runs deleted", ["runs": .int(deleted)]) }
            } catch {
                logger.error("old runs not deleted", ["cause": .string("\(error)")])
            }
            do { try await time.sleep(for: Self.retentionInterval) } catch { return }
        }
    }
}

extension Configuration {
    fileprivate var authenticatorTokens: [(token: String, principal: Principal)] {
        tokens.map { ($0.secret, $0.principal) }
    }

    fileprivate var tenantIDs: Set<String> { Set(catalog.tenants.map(\.id)) }
}
