import ControlPlane
import Foundation
import HTTP
import JSON
import Reports

/// Links that show the report of one run to whoever has them, and nothing else.
enum ShareHandlers {
    /// Below it everything is a secret.
    static let root = "shared"
    /// A week: long enough for who was sent it to look, short enough to be forgotten safely.
    static let lifetimeDefault = 604_800.0

    static func create(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let id = ShareID(call.newID)
        guard let secret = TokenText(newFor: id), let proof = secret.newProof() else {
            throw .noRandomNumbers
        }
        let now = call.services.time.now
        let share = ReportShare(
            id: id, run: run.id, proof: proof, note: call["note"]?.text ?? "", createdAt: now,
            createdBy: call.principal.name,
            expiresAt: now.addingTimeInterval(
                call["expiresInSeconds"]?.seconds ?? lifetimeDefault))
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.insert(share)
        }
        log("report shared", share.id, run, call)
        return created(share, url: "/\(root)/\(secret.text)", call)
    }

    /// The secret is nowhere any more.
    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        _ = try await RunHandlers.find(call)
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.share(ShareID(id))
        }
        return found.map { created($0, url: nil, call) }
    }

    /// The answer as it may be stored.
    static func withoutSecret(_ response: Response) -> Response {
        var response = response
        // Ours, and so always JSON; what is not is not kept at all.
        var members = (try? JSONReader.document(response.body))?.members ?? [:]
        members["url"] = .null
        response.body = JSONValue.object(members).encodedBytes
        return response
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.shares(of: run.id)
        }
        let now = call.services.time.now
        return .json(
            200, .object(["items": .array(found.map { .object($0.members(at: now)) })]))
    }

    static func revoke(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let id = ShareID(call.parameter("shareId"))
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.revokeShare(
                id, of: run.id, by: call.principal.name, at: call.services.time.now)
        }
        log("share link revoked", id, run, call)
        return Response(status: 204)
    }

    private static func log(_ event: String, _ id: ShareID, _ run: Run, _ call: Call) {
        call.services.logger.info(
            event,
            [
                "shareId": .string(id.text), "runId": .string(run.id.text),
                "by": .string(call.principal.name), "requestId": .string(call.requestID),
            ])
    }

    private static func created(_ share: ReportShare, url: String?, _ call: Call) -> Response {
        var members = share.members(at: call.services.time.now)
        members["url"] = JSONValue(url)
        return .json(
            201, .object(members),
            headers: ["Location": "/v1/runs/\(share.run)/shares"])
    }
}

extension ShareHandlers {
    /// For anybody who has the secret. What it shows is decided by the secret alone, whoever else
    /// the caller is.
    static func show(_ call: Call) async throws(Problem) -> Response {
        let now = call.services.time.now
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await shared(call.parameter("secret"), at: now, call.services)
        }
        guard let (share, record) = found else { return gone }
        // Nothing else: no other run, with its target and its numbers, that it is compared with.
        var response = ReportHandlers.page(try await ReportHandlers.gather(record, call))
        response.headers.set("X-Robots-Tag", "noindex, nofollow")
        do {
            try await call.services.history.noteUse(of: share.id, at: now)
        } catch {
            // A store that takes no write is no reason to keep a report from who may read it.
            call.services.logger.debug(
                "use of a share link not counted", ["shareId": .string(share.id.text)])
        }
        return response
    }

    /// The link and its run, while it is valid.
    private static func shared(_ secret: String, at now: Date, _ services: Services)
        async throws(ControlPlaneError) -> (ReportShare, RunRecord)?
    {
        // That what is no link at all is refused sooner tells nothing: ids are no secrets.
        guard let text = TokenText(secret, prefix: TokenText.sharePrefix),
            let share = try await services.history.share(ShareID(text.uuidText)),
            text.matches(share.proof), share.state(at: now) == .active,
            let record = try await services.history.run(share.run, in: .everything)
        else { return nil }
        return (share, record)
    }

    /// The same for a link that is expired, revoked, wrong, or of a run that was deleted.
    private static let gone = Response(
        status: 404,
        headers: [
            "Content-Type": ReportPage.mediaType, "X-Robots-Tag": "noindex, nofollow",
            "Content-Security-Policy": ReportPage.contentSecurityPolicy,
        ],
        body: Array(
            ReportPage.notice(
                "There is no report here",
                "The link is wrong, has expired or was withdrawn. Ask whoever sent it for a new "
                    + "one."
            ).utf8))
}

extension ReportShare {
    fileprivate func members(at now: Date) -> [String: JSONValue] {
        [
            "id": .string(id.text), "runId": .string(run.text), "note": .string(note),
            "state": .string(state(at: now).rawValue), "createdAt": JSONValue(createdAt),
            "createdBy": .string(createdBy), "expiresAt": JSONValue(expiresAt),
            "revokedAt": JSONValue(revokedAt), "revokedBy": JSONValue(revokedBy),
            "useCount": JSONValue(useCount), "lastUsedAt": JSONValue(lastUsedAt),
        ]
    }
}
