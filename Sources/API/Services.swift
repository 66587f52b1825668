import ControlPlane
import Foundation
import Logging

/// What the handlers work with.
package struct Services: Sendable {
    package let orchestrator: Orchestrator
    package let loadTests: any LoadTestStore
    package let history: any RunHistory & RunStore & ShareStore & ScheduleStore & SuiteStore
    package let idempotency: any IdempotencyStore
    package let audit: any AuditTrail
    package let refusalRecords = RefusalRecords()
    package let meters: ServiceMeters
    package let clusterSecrets: ClusterSecrets
    package let tokens: any TokenStore
    package let accounts: Accounts
    package let authenticator: Authenticator
    package let runTokens: RunTokens
    package let admission: Admission
    package let policy: AnswerPolicy
    package let rateLimiter: RateLimiter
    package let live: LiveFeed
    package let scheduler: Scheduler
    package let suiteRunner: SuiteRunner
    package let webhooks: any WebhookStore
    package let receiverHosts: any HostLookup
    package let mail: MailRules
    package let time: any TimeSource
    package let logger: Logger

    /// - Parameter receiverHosts: asked when a webhook is made. Its threads are its own: who names
    ///   hosts of a silent name server keeps nobody from starting a run.
    package init(
        orchestrator: Orchestrator, loadTests: any LoadTestStore,
        history: any RunHistory & RunStore & ShareStore & ScheduleStore & SuiteStore,
        idempotency: any IdempotencyStore,
        audit: any AuditTrail, clusterSecrets: ClusterSecrets, tokens: any TokenStore,
        accounts: Accounts, authenticator: Authenticator, runTokens: RunTokens? = nil,
        admission: Admission = .init(),
        policy: AnswerPolicy = .init(), rateLimiter: RateLimiter = .init(),
        liveEvents: LiveEvents = .init(), webhooks: any WebhookStore,
        receiverHosts: any HostLookup, mail: MailRules = .init(),
        time: any TimeSource, logger: Logger
    ) {
        live = LiveFeed(
            liveEvents, orchestrator: orchestrator, history: history, time: time, logger: logger)
        let orders = StandingOrders(orchestrator, loadTests, history, time: time)
        suiteRunner = SuiteRunner(
            history, orders: orders, orchestrator: orchestrator, time: time, logger: logger
        ) { Problem($0).code }
        scheduler = Scheduler(
            history, targets: ScheduledStarts(orders, history, suiteRunner, time: time),
            time: time, logger: logger, executor: orchestrator.executor
        ) { Problem($0).code }
        self.webhooks = webhooks
        self.receiverHosts = receiverHosts
        self.mail = mail
        self.runTokens = runTokens ?? RunTokens(time: time)
        self.admission = admission
        self.policy = policy
        self.rateLimiter = rateLimiter
        self.orchestrator = orchestrator
        self.loadTests = loadTests
        self.history = history
        self.idempotency = idempotency
        self.audit = audit
        self.clusterSecrets = clusterSecrets
        self.tokens = tokens
        self.accounts = accounts
        self.authenticator = authenticator
        self.time = time
        self.logger = logger
        meters = ServiceMeters(orchestrator, history, time: time, logger: logger)
    }
}
