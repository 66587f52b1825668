import Crypto
import Foundation
import JSON
import SQLite
import TestSupport
import Testing
import Thresholds

@testable import ControlPlane
@testable import History

/// Notices in the transactions of what they tell of.
struct WebhookStoreTests {
    private let folder: TemporaryFolder
    private let store: HistoryStore
    private static let url = "https://hooks.example/services/abcdefghij1234"
    private static let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    init() throws {
        folder = try TemporaryFolder()
        store = try Self.open(folder)
    }

    private static func key(_ byte: UInt8) -> SealingKey? {
        SealingKey([UInt8](repeating: byte, count: SealingKey.byteCount))
    }

    private static func open(
        _ folder: TemporaryFolder, _ keys: EncryptionKeys = EncryptionKeys(key(1))
    ) throws -> HistoryStore {
        try HistoryStore(
            path: folder.path("history.db"), logger: .quiet, encryptionKeys: keys)
    }

    private func hook(
        _ id: String, tenant: String = "tenant-1", env: String? = nil, loadTest: String? = nil,
        for events: Set<Notice.Kind> = Set(Notice.Kind.filters)
    ) async throws {
        try await store.insert(
            Webhook(
                id: WebhookID(id), tenantID: tenant, envID: env,
                loadTestID: loadTest.map { LoadTestID($0) }, kind: .json, name: id,
                events: events, receiver: Webhook.shown(Self.url), createdAt: epoch,
                createdBy: "anna"),
            WebhookSecrets(url: Self.url, signing: Self.secret))
    }

    /// What is on its way to it or was, in the order in which it happened.
    private func kinds(_ webhook: String = "h") async throws -> [Notice.Kind] {
        try await deliveries(webhook).map(\.notice.kind)
    }

    private func deliveries(_ webhook: String = "h") async throws -> [Delivery] {
        let connection = try Connection(path: folder.path("history.db"), readOnly: true)
        let ids = try connection.query(
            "SELECT id FROM webhook_deliveries WHERE webhook_id = ? ORDER BY number",
            [.text(webhook)]
        ) { DeliveryID(try $0.text(0)) }
        var found: [Delivery] = []
        for id in ids {
            found.append(try #require(try await store.delivery(id, of: WebhookID(webhook))))
        }
        return found
    }

    /// Lets a run go its way, with this verdict at its end.
    private func run(
        _ id: String, _ result: Verdict.Result? = nil, loadTest: String? = "t",
        tenant: String = "tenant-1", env: String = "dev", at second: Double = 0,
        labels: [String: String]? = nil
    ) async throws {
        let start = epoch + second
        func run(_ state: RunState, _ revision: Int, ended: Date? = nil) throws -> Run {
            let run = Run.sample(
                id, state, tenant: tenant, env: env, loadTest: loadTest, started: start,
                ended: ended, revision: revision)
            var (plan, progress) = (run.plan, run.progress)
            plan.labels = labels
            plan.thresholds = try ["p95 < 300ms", "errorRate regression < 1pp", "count > 1"].map {
                try ThresholdText.read($0)
            }
            progress.origin = RunOrigin(schedule: ScheduleID("s"), suiteRun: SuiteRunID("u"))
            return Run(
                restoring: run.id, loadTestID: run.loadTestID, spec: run.spec, plan: plan,
                clusterID: run.clusterID, audit: run.audit, progress: progress)
        }
        try await store.insert(run(.starting, 1), liveRunsMax: nil)
        try await store.save(run(.running, 2), numbers: nil)
        var over = try run(.finished, 3, ended: start + 60)
        over.verdict = result.map {
            Verdict(
                $0, "because", MeasurementVerdict(),
                over.plan.judgedBy.map { ThresholdResult(.noData("nothing"), of: $0) })
        }
        try await store.save(over, numbers: nil)
        // A save that comes late tells nothing twice.
        try await store.save(over, numbers: nil)
    }

    @Test func `a run tells once that it started, that it finished, and how it was judged`()
        async throws
    {
        try await hook("h")
        try await run("r", .passed)
        #expect(try await kinds() == [.runStarted, .runFinished, .runVerdict])
        let deliveries = try await deliveries()
        #expect(Set(deliveries.map(\.id)).count == 3)
        let told = try #require(deliveries.last?.notice.data["run"])
        #expect(told["id"] == .string("r") && told["verdict"] == .string("passed"))
        #expect(told["labels"]?.members?.isEmpty == true)
        #expect(told["scheduleId"] == .string("s") && told["suiteRunId"] == .string("u"))
        let units = told["thresholds"]?.items?.map { $0["unit"] }
        #expect(units == [.string("ms"), .string("pp"), .string("")])
        // Nothing that may hold a secret.
        #expect(told["metadata"] == nil && told["definition"] == nil)
    }

    @Test func `failed and passed are told when they are news`() async throws {
        try await hook("h", for: [.becameFailed, .becamePassed])
        let results: [Verdict.Result] = [
            .passed, .failed, .inconclusive, .failed, .inconclusive, .passed, .passed,
        ]
        for (index, result) in results.enumerated() {
            try await run("r\(index)", result, at: Double(index) * 100)
        }
        #expect(try await kinds() == [.becameFailed, .becamePassed])
        let before = try await deliveries().map { $0.notice.data["previous"]?["runId"] }
        #expect(before == [.string("r0"), .string("r3")])
        // The first of another load test to be judged; and a run of none is compared with none.
        try await run("other", .failed, loadTest: "u", at: 1000)
        try await run("ad-hoc", .failed, loadTest: nil, at: 1100)
        #expect(try await kinds() == [.becameFailed, .becamePassed, .becameFailed])
        #expect(try await deliveries().last?.notice.data["previous"] == .null)
    }

    @Test func `what another branch does is no news of this one`() async throws {
        try await hook("h", for: [.becameFailed, .becamePassed])
        let runs: [(String?, Verdict.Result)] = [
            ("main", .passed), ("pr-1", .failed), ("main", .passed), ("pr-2", .passed),
            ("pr-1", .failed), ("main", .failed), (nil, .passed), ("main", .passed),
        ]
        for (index, (branch, result)) in runs.enumerated() {
            let labels = branch.map { ["branch": $0, "commit": "c\(index)"] }
            try await run("r\(index)", result, at: Double(index) * 100, labels: labels)
        }
        let told = try await deliveries().map { delivery in
            let data = delivery.notice.data
            return [
                delivery.notice.kind.rawValue, data["run"]?["labels"]?["branch"]?.text,
                data["previous"]?["runId"]?.text,
            ]
        }
        #expect(
            told == [
                ["loadtest.became-failed", "pr-1", nil],
                ["loadtest.became-failed", "main", "r2"],
                ["loadtest.became-passed", "main", "r5"],
            ])
    }

    @Test(arguments: [Notice.Predecessor.lookedAtMax - 1, Notice.Predecessor.lookedAtMax])
    func `a branch's last run is looked for behind so many of others and no more`(others: Int)
        async throws
    {
        try await run("r", .passed, labels: ["branch": "main"])
        let connection = try Connection(path: folder.path("history.db"))
        let columns = try connection.query("PRAGMA table_info(runs)") { try $0.text(1) }
        let copied = columns.map { name in
            name == "id" ? "'copy-' || n" : name == "ended_at" ? "ended_at + n" : name
        }
        try connection.execute(
            """
            WITH RECURSIVE numbers (n) AS (
                SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(others))
            INSERT INTO runs (\(columns.joined(separator: ", ")))
            SELECT \(copied.joined(separator: ", ")) FROM runs, numbers WHERE id = 'r'
            """)
        try await hook("h", for: [.becameFailed])
        try await run("last", .failed, at: 100, labels: ["branch": "main"])
        let before = try await deliveries().map { $0.notice.data["previous"]?["runId"]?.text }
        #expect(before == [others < Notice.Predecessor.lookedAtMax ? "r" : nil])
    }

    @Test func `the run before is found without the contents of runs, from the newest on`()
        async throws
    {
        try await hook("h", for: [.becameFailed])
        try await run("r", .passed)
        let plans = try await store.plansOfPreparedStatements().filter {
            $0.key.contains("'branch'")
        }
        #expect(plans.count == 1)
        for (sql, plan) in plans {
            let runs = plan.filter { $0.contains(" runs ") }
            #expect(runs.count == 2, "\(sql) \(plan)")
            #expect(
                runs.allSatisfy { $0.contains("COVERING INDEX judged_runs") }, "\(sql) \(plan)")
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(sql) \(plan)")
        }
    }

    @Test func `what is due is found without the contents of all that waits`() async throws {
        try await hook("h")
        _ = try await store.dueDeliveries(at: epoch, except: [], limit: 1)
        _ = try await store.nextDelivery(except: [])
        let plans = try await store.plansOfPreparedStatements().filter {
            $0.key.contains("webhook_deliveries")
        }
        #expect(plans.count == 2)
        for (sql, plan) in plans {
            let scans = plan.filter { $0.contains("waiting_deliveries") }
            #expect(scans.count >= 2, "\(sql) \(plan)")
            #expect(scans.allSatisfy { $0.contains("COVERING INDEX") }, "\(sql) \(plan)")
        }
    }

    @Test func `a webhook is told what it is for, and nothing of others`() async throws {
        try await hook("all", for: [.runFinished])
        try await hook("staging", env: "staging", for: [.runFinished])
        try await hook("test", loadTest: "t", for: [.runFinished])
        try await hook("other", tenant: "tenant-2")
        try await hook("started", for: [.runStarted])
        try await hook("off")
        var off = WebhookChange()
        off.isEnabled = false
        _ = try await store.change(
            WebhookID("off"), in: .everything, to: off, by: "anna", at: epoch)
        try await run("r1", loadTest: "t")
        try await run("r2", loadTest: "u", env: "staging")
        for (name, count) in [
            ("all", 2), ("staging", 1), ("test", 1), ("other", 0), ("started", 2), ("off", 0),
        ] {
            #expect(try await kinds(name).count == count, "\(name)")
        }
    }

    @Test func `a notice is there if and only if the change is, also for the next process`()
        async throws
    {
        try await hook("h")
        try await store.insert(.sample("r", .starting, started: epoch), liveRunsMax: nil)
        try Connection(path: folder.path("history.db")).execute(
            """
            CREATE TRIGGER no_more BEFORE INSERT ON webhook_deliveries BEGIN
                SELECT RAISE(ABORT, 'no');
            END
            """)
        let running = Run.sample("r", .running, started: epoch, revision: 2)
        await #expect(throws: ControlPlaneError.self) {
            try await store.save(running, numbers: nil)
        }
        #expect(try await store.run(RunID("r"), in: .everything)?.run.state == .starting)
        try Connection(path: folder.path("history.db")).execute("DROP TRIGGER no_more")
        try await store.save(running, numbers: nil)
        let id = try #require(try await deliveries().first?.id)
        // As after a crash: nobody has closed the file.
        let next = try Self.open(folder)
        let due = try await next.dueDeliveries(at: epoch + 60, except: [], limit: 10)
        #expect(due.map(\.delivery.id) == [id])
        #expect(due.first?.secrets == WebhookSecrets(url: Self.url, signing: Self.secret))
    }

    @Test func `an outbox has so many deliveries and no more, and what is dropped is counted`()
        async throws
    {
        try await hook("h", for: [.runFinished])
        let notice = Notice(.test, at: epoch, subject: "x", data: .object([:]))
        for number in 0..<Delivery.waitingMax - 1 {
            try await store.enqueue(notice, as: DeliveryID("\(number)"), for: WebhookID("h"))
        }
        try await run("r1")
        try await run("r2")
        await #expect(throws: ControlPlaneError.outboxFull(max: Delivery.waitingMax)) {
            try await store.enqueue(notice, as: DeliveryID("more"), for: WebhookID("h"))
        }
        let health = try await store.webhook(WebhookID("h"), in: .everything)?.health
        #expect(health?.droppedCount == 1)
        #expect(try await store.webhookFigures().pending == Delivery.waitingMax)
    }

    @Test
    func `a lost cluster is told once, whichever process sees it, and again when it was back`()
        async throws
    {
        let cluster = Cluster(
            id: "c", generator: .locust(.init(baseURL: "http://127.0.0.1:9")),
            serves: [
                EnvironmentKey(tenantID: "tenant-1", envID: "dev"),
                EnvironmentKey(tenantID: "tenant-2", envID: "prod"),
            ])
        try await hook("h")
        try await hook("dev", env: "dev")
        try await hook("staging", env: "staging")
        try await hook("two", tenant: "tenant-2")
        func note(_ store: HistoryStore, _ cause: String?) async throws {
            try await store.noteCluster(cluster, lostBy: cause, at: epoch)
        }
        try await note(store, "never seen")
        #expect(try await kinds().isEmpty)
        try await note(store, nil)
        try await note(store, "refused")
        let next = try Self.open(folder)
        try await note(next, "refused")
        for (name, count) in [("h", 1), ("dev", 1), ("staging", 0), ("two", 1)] {
            #expect(try await kinds(name).count == count, "\(name)")
        }
        try await note(next, nil)
        try await note(next, "refused again")
        #expect(try await kinds() == [.clusterLost, .clusterLost])
    }

    @Test func `no file of the store has a URL or a secret in clear, and no record shows them`()
        async throws
    {
        try await hook("h")
        var change = WebhookChange()
        change.secret = "whsec_" + Data([UInt8](repeating: 9, count: 32)).base64EncodedString()
        _ = try await store.change(
            WebhookID("h"), in: .everything, to: change, by: "anna", at: epoch)
        for name in try folder.names() {
            let bytes = try Data(contentsOf: URL(filePath: folder.path(name)))
            for text in ["abcdefghij1234", Self.secret, try #require(change.secret)] {
                #expect(bytes.range(of: Data(text.utf8)) == nil, "\(name)")
            }
        }
        let records = try await store.records(AuditQuery(scope: .everything))
        #expect(
            Set(records.map(\.entry.action)).isSuperset(
                of: ["webhook.create", "webhook.rotateSecret"]))
    }

    @Test func `a new secret signs at once, the one before for a day more`() async throws {
        var secrets = WebhookSecrets(url: Self.url, signing: "old")
        secrets.rotate(to: "new", at: epoch)
        #expect(secrets.signing(at: epoch + 86_399) == ["new", "old"])
        #expect(secrets.signing(at: epoch + 86_400) == ["new"])
    }

    @Test func `what an earlier key has sealed is sealed anew, and without it is not opened`()
        async throws
    {
        try await hook("h")
        let both = try Self.open(
            folder, EncryptionKeys(Self.key(2), previous: [Self.key(1)].compactMap { $0 }))
        #expect(try await both.renewWebhookSecrets() == [])
        let next = try Self.open(folder, EncryptionKeys(Self.key(2)))
        try await next.enqueue(
            Notice(.test, at: epoch, subject: "x", data: .object([:])), as: DeliveryID("d"),
            for: WebhookID("h"))
        let due = try await next.dueDeliveries(at: epoch, except: [], limit: 1)
        #expect(due.first?.secrets?.url == Self.url)
        let stranger = try Self.open(folder, EncryptionKeys(Self.key(3)))
        #expect(try await stranger.renewWebhookSecrets() == ["h"])
        let unopened = try await stranger.dueDeliveries(at: epoch, except: [], limit: 1)
        #expect(unopened.count == 1 && unopened.first?.secrets == nil)
        await #expect(throws: ControlPlaneError.noEncryptionKey) {
            try await Self.open(folder, EncryptionKeys()).insert(
                Webhook(
                    id: WebhookID("n"), tenantID: "t", kind: .json, name: "n", events: [],
                    createdAt: epoch, createdBy: "a"), WebhookSecrets(url: Self.url))
        }
    }

    @Test func `a receiver that takes nothing for days is disabled, and enabled begins anew`()
        async throws
    {
        try await hook("h")
        let notice = Notice(.test, at: epoch, subject: "x", data: .object([:]))
        try await store.enqueue(notice, as: DeliveryID("d"), for: WebhookID("h"))
        let failed = AttemptOutcome(status: 500, failure: "HTTP 500")
        func fail(after seconds: Double) async throws -> String? {
            let now = epoch + seconds
            let attempt = Attempt(
                at: now, duration: .milliseconds(3), status: 500, failure: "HTTP 500")
            return try await store.record(attempt, failed, of: DeliveryID("d"), nextAt: now + 1)
        }
        for number in 0..<PauseRule.failuresMin {
            #expect(try await fail(after: Double(number)) == nil)
        }
        let days = PauseRule.failingMax / .seconds(1)
        #expect(try await fail(after: days - 1) == nil)
        let reason = try #require(try await fail(after: days))
        #expect(reason.hasSuffix("have failed; the last: HTTP 500"))
        #expect(try await store.dueDeliveries(at: epoch + days * 2, except: [], limit: 1).isEmpty)
        #expect(try await store.nextDelivery(except: []) == nil)
        let record = try await store.records(AuditQuery(scope: .everything)).first
        #expect(record?.entry.action == "webhook.disable")
        var change = WebhookChange()
        change.isEnabled = true
        let enabled = try await store.change(
            WebhookID("h"), in: .everything, to: change, by: "anna", at: epoch + days)
        #expect(enabled.health.isEnabled && enabled.health.failures == 0)
        // What has waited for so long is news to nobody.
        #expect(try await deliveries().map(\.state) == [.failed])
    }

    @Test func `what is done is kept for a while`() async throws {
        try await hook("h")
        let notice = Notice(.test, at: epoch, subject: "x", data: .object([:]))
        for id in ["waiting", "done"] {
            try await store.enqueue(notice, as: DeliveryID(id), for: WebhookID("h"))
        }
        _ = try await store.record(
            Attempt(at: epoch, duration: .zero, status: 200, failure: nil),
            AttemptOutcome(status: 200), of: DeliveryID("done"), nextAt: nil)
        let kept = Delivery.doneKept / .seconds(1)
        try await store.forgetOldDeliveries(Retention(), at: epoch + kept)
        #expect(try await deliveries().count == 2)
        try await store.forgetOldDeliveries(Retention(), at: epoch + kept + 1)
        #expect(try await deliveries().map(\.id.text) == ["waiting"])
    }

    @Test func `what tells of a run is kept for no longer than runs are`() async throws {
        try await hook("h", for: [.runStarted])
        try await run("r")
        let id = try #require(try await deliveries().first?.id)
        _ = try await store.record(
            Attempt(at: epoch, duration: .zero, status: 200, failure: nil),
            AttemptOutcome(status: 200), of: id, nextAt: nil)
        let day = Retention(maxAge: .seconds(86_400))
        let made = try #require(try await deliveries().first?.notice.at)
        try await store.forgetOldDeliveries(day, at: made + 86_400)
        #expect(try await deliveries().count == 1)
        try await store.forgetOldDeliveries(day, at: made + 86_401)
        #expect(try await deliveries().isEmpty)
    }

    @Test func `a clock that went back delays nothing for longer than a pause`() async throws {
        try await hook("h")
        let notice = Notice(
            .test, at: epoch + 90 * 86_400, subject: "x", data: .object([:]))
        try await store.enqueue(notice, as: DeliveryID("d"), for: WebhookID("h"))
        #expect(try await store.dueDeliveries(at: epoch, except: [], limit: 1).count == 1)
    }
}
