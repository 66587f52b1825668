import API
import ControlPlane
import Foundation
import JSON
import Logging
import Synchronization

/// What of the service's own life is recorded, and what is told of the records in the log.
final class ServiceAudit: Sendable {
    /// Between two lines that tell where the chain ends: whoever keeps the log can tell an end that
    /// was cut off up to here.
    static let headInterval = Duration.seconds(60)

    private let trail: any AuditTrail
    private let refusals: RefusalRecords
    private let time: any TimeSource
    private let logger: Logger
    private struct State {
        var configurationHash = ""
        var headTold: AuditHead?
    }
    private let state = Mutex(State())

    init(_ services: Services) {
        trail = services.audit
        refusals = services.refusalRecords
        (time, logger) = (services.time, services.logger)
    }

    /// - Throws: when it cannot be recorded: then nothing could be, and nothing is to be changed.
    func recordStart(_ configuration: Configuration) async throws(ControlPlaneError) {
        try await record(
            "service.start", after: facts(of: configuration.fileHash), "version \(Version.text)")
        state.withLock { $0.configurationHash = configuration.fileHash }
        await tellHead()
    }

    /// To be called before the new configuration is used.
    func recordReload(_ configuration: Configuration) async throws(ControlPlaneError) {
        let before = state.withLock(\.configurationHash)
        try await record(
            "configuration.reload", before: facts(of: before),
            after: facts(of: configuration.fileHash))
        state.withLock { $0.configurationHash = configuration.fileHash }
    }

    func recordRefusedReload(_ problems: String) async {
        var entry = AuditEntry("configuration.reload", by: .service, at: time.now)
        entry.outcome = .refused
        entry.detail = problems
        refusals.note(entry)
    }

    /// To be called when nothing is served any more.
    func recordEnd(_ detail: String) async {
        do throws(ControlPlaneError) {
            try await refusals.write(to: trail, at: time.uptime, all: true)
            try await record("service.stop", detail)
        } catch {
            logger.error("end not recorded", ["cause": .string(error.description)])
        }
        await tellHead()
    }

    /// Records refusals and tells the end of the chain, until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in await refusals.run(writingTo: trail, time: time) }
            group.addTask { [self] in
                while !Task.isCancelled {
                    do { try await time.sleep(for: Self.headInterval) } catch { return }
                    await tellHead()
                }
            }
        }
    }

    private func tellHead() async {
        // A store that cannot be read tells of itself, and the next line comes soon.
        guard let head = try? await trail.auditHead() else { return }
        let isNew = state.withLock { state in
            defer { state.headTold = head }
            return state.headTold != head
        }
        guard isNew else { return }
        logger.info("audit head", ["number": .int(head.number), "hash": .string(head.hash)])
    }

    private func facts(of hash: String) -> JSONValue {
        .object(["configurationSha256": .string(hash)])
    }

    private func record(
        _ action: String, before: JSONValue? = nil, after: JSONValue? = nil, _ detail: String = ""
    ) async throws(ControlPlaneError) {
        let change = AuditChange(
            action, of: nil, before: before, after: after, detail, at: time.now)
        try await trail.append([AuditEntry(change, by: .service, at: time.now)])
    }
}
