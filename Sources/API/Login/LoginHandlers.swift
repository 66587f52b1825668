import ControlPlane
import Foundation
import HTTP
import JSON

/// From a password to tokens, and on from there.
enum LoginHandlers {
    static func login(_ call: Call) async throws(Problem) -> Response {
        let key = try sessionKey(call)
        let user = try await verifiedUser(call)
        let id = SessionID(call.newID)
        let (token, proof) = try newRefreshToken(id)
        let session = Session(
            id: id, user: user.id, proof: proof, keyID: key.id,
            createdAt: call.services.time.now)
        do throws(ControlPlaneError) {
            try await call.services.accounts.store.insert(session, of: user)
        } catch .unknownUser {
            throw refused  // Changed or deleted since the password was looked at.
        } catch {
            throw Problem(error)
        }
        call.services.logger.info(
            "login",
            [
                "by": .string(user.actor), "from": .string(call.request.remoteAddress),
                "requestId": .string(call.requestID),
            ])
        return answer(user, session, refreshToken: token, key, call)
    }

    static func refresh(_ call: Call) async throws(Problem) -> Response {
        let key = try sessionKey(call)
        let now = call.services.time.now
        let token = call["refreshToken"]?.text.flatMap {
            TokenText($0, prefix: TokenText.refreshPrefix)
        }
        guard let token, var session = try await session(of: token, call),
            session.keyID == key.id, session.isOpen(at: now),
            let user = call.services.authenticator.people.user(session.user),
            user.disabledAt == nil,
            call.services.authenticator.knows(tenant: user.scope.tenantID)
        else { throw refreshRefused }
        guard token.matches(session.proof) else { throw try await reused(session, user, call) }
        let (next, proof) = try newRefreshToken(session.id)
        let old = session.proof
        session.proof = proof
        session.expiresAt = Session.expiry(createdAt: session.createdAt, usedAt: now)
        let renewed = session
        let isRenewed = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.renew(
                renewed.id, from: old, to: proof, until: renewed.expiresAt)
        }
        // Somebody else has used the same token at the same time.
        guard isRenewed else { throw try await reused(session, user, call) }
        return answer(user, session, refreshToken: next, key, call)
    }

    /// Whoever knows a token of a session may end it; that there is none is no news worth telling.
    static func logout(_ call: Call) async throws(Problem) -> Response {
        let now = call.services.time.now
        if let claims = call.services.authenticator.session(of: call.request, at: now) {
            try await end(claims.session, call)
        }
        // Of a session that there is: what strangers make up must take no memory.
        if let text = call["refreshToken"]?.text,
            let token = TokenText(text, prefix: TokenText.refreshPrefix),
            let session = try await session(of: token, call), session.isOpen(at: now)
        {
            try await end(session.id, call)
        }
        return Response(status: 204)
    }

    static func changePassword(_ call: Call) async throws(Problem) -> Response {
        let user = try await verifiedUser(call)
        let password = try UserHandlers.password(at: "newPassword", of: user.name, call)
        try await UserHandlers.change(
            user.id, .password(hash: try await UserHandlers.hash(password, call)), by: user.actor,
            in: .everything, call)
        return Response(status: 204)
    }
}

extension LoginHandlers {
    /// The user whose name and password the body has. The answer and the work are the same for a
    /// name that nobody has, a wrong password, and a user who is disabled.
    private static func verifiedUser(_ call: Call) async throws(Problem) -> User {
        let (people, accounts) = (call.services.authenticator.people, call.services.accounts)
        let (name, tenant) = (call["name"]?.text ?? "", call["tenantId"]?.text)
        let key = throttleKey(name, tenant)
        let address = ClientNetwork.text(of: call.request.remoteAddress)
        let wait = accounts.throttle.withLock {
            $0.begin(key, from: address, at: call.services.time.uptime)
        }
        if let wait { throw tooManyAttempts(wait) }
        let found = people.user(named: name, of: tenant)
        let matches = await accounts.passwords.matches(
            call["password"]?.text ?? "", found?.passwordHash)
        // It may have been changed meanwhile.
        guard matches, let found, let user = people.user(found.id),
            user.passwordHash == found.passwordHash, user.disabledAt == nil,
            call.services.authenticator.knows(tenant: tenant)
        else {
            // Not the name as it was typed: people type passwords there, too.
            call.services.logger.info(
                "login refused",
                [
                    "user": .string(found?.actor ?? ""), "from": .string(address),
                    "requestId": .string(call.requestID),
                ])
            throw refused
        }
        accounts.throttle.withLock {
            $0.succeed(key, from: address, at: call.services.time.uptime)
        }
        return user
    }

    static func throttleKey(_ name: String, _ tenant: String?) -> String {
        "\(tenant ?? "")/\(name)"
    }

    private static func session(of token: TokenText, _ call: Call) async throws(Problem)
        -> Session?
    {
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.session(SessionID(token.uuidText))
        }
    }

    /// A refresh token is used once: a second use means that two have it, and nobody can tell which
    /// of them is the thief. An id without its newest secret comes from an earlier token, or from
    /// an access token, whose owner may end the session anyway.
    private static func reused(_ session: Session, _ user: User, _ call: Call)
        async throws(Problem) -> Problem
    {
        call.services.logger.warning(
            "refresh token used again, session ended",
            ["user": .string(user.actor), "requestId": .string(call.requestID)])
        try await end(session.id, call)
        return refreshRefused
    }

    private static func end(_ session: SessionID, _ call: Call) async throws(Problem) {
        let now = call.services.time.now
        call.services.authenticator.people.end(session, at: now)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.end(session, at: now)
        }
    }

    private static func newRefreshToken(_ id: SessionID) throws(Problem) -> (String, TokenProof) {
        guard let token = TokenText(newFor: id), let proof = token.newProof() else {
            throw .noRandomNumbers
        }
        return (token.text, proof)
    }

    private static func sessionKey(_ call: Call) throws(Problem) -> SessionKey {
        guard let key = call.services.authenticator.sessionKey else {
            throw Problem(
                .loginDisabled,
                detail: "nobody can log in here: auth.jwtSecret is not in the configuration")
        }
        return key
    }

    private static func answer(
        _ user: User, _ session: Session, refreshToken: String, _ key: SessionKey, _ call: Call
    ) -> Response {
        var user = user
        user.lastLoginAt = session.createdAt
        let token = key.sign(
            session.id, of: user.id, version: user.version, at: call.services.time.now)
        return .json(
            200,
            .object([
                "accessToken": .string(token), "tokenType": .string("Bearer"),
                "expiresIn": .int(SessionKey.lifetime.components.seconds),
                "refreshToken": .string(refreshToken),
                "refreshExpiresAt": JSONValue(session.expiresAt),
                "user": .object(UserHandlers.members(of: user)),
            ]))
    }

    private static let refused = Problem(
        .loginRefused,
        detail: "the name or the password is wrong, or the user is disabled; a user of a tenant "
            + "also gives its tenantId")

    private static let refreshRefused = Problem(
        .refreshRefused, detail: "this refresh token is not valid any more; log in again")

    private static func tooManyAttempts(_ wait: Duration) -> Problem {
        // Rounded up: who comes exactly then is let in.
        let seconds = Int((wait / .seconds(1)).rounded(.up))
        return Problem(
            .tooManyLoginAttempts,
            detail: "too many logins have failed; the next try is possible in \(seconds) s",
            headers: ["Retry-After": "\(seconds)"])
    }
}
