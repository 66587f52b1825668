import ControlPlane
import Crypto
import Foundation
import JSON

/// Signs and checks the tokens of people who have logged in here, with HMAC (HS256).
///
/// The same secret gives the same key after a restart; with another one nothing is valid that was
/// made with this.
package struct SessionKey: Equatable, Sendable {
    /// As many as the code has (RFC 7518, section 3.2).
    package static let secretBytesMin = 32
    /// How long a token is valid: what a client asks for again without a person.
    static let lifetime = Duration.seconds(600)
    private static let issuer = "swarmkeeper"

    /// Tells this secret's tokens from those of another one.
    let id: String
    private let secret: [UInt8]

    /// - Parameter secret: at least `secretBytesMin` bytes, random.
    package init(secret: String) {
        self.secret = Array(secret.utf8)
        let code = SHA256.code(of: Array("swarmkeeper key id".utf8), key: self.secret)
        id = Base64URL.encode(Array(code.prefix(9)))
    }

    func sign(_ session: SessionID, of user: UserID, version: Int, at now: Date) -> String {
        let start = now.timeIntervalSince1970.rounded(.down)
        let end = start + Double(Self.lifetime.components.seconds)
        let header: JSONValue = .object([
            "alg": .string("HS256"), "typ": .string("JWT"), "kid": .string(id),
        ])
        let claims: JSONValue = .object([
            "iss": .string(Self.issuer), "aud": .string(Self.issuer), "sub": .string(user.text),
            "sid": .string(session.text), "ver": .int(Int64(version)), "iat": .int(Int64(start)),
            "exp": .int(Int64(end)),
        ])
        let body = [header, claims].map { Base64URL.encode($0.encodedBytes) }
            .joined(separator: ".")
        let code = SHA256.code(of: Array(body.utf8), key: secret)
        return body + "." + Base64URL.encode(code)
    }

    /// What a token of this key says; nil for one that is not, or not now. There is one clock, and
    /// so no difference between clocks to forgive.
    func read(_ token: JSONWebToken, at now: Double) -> SessionClaims? {
        guard token.algorithm == .hs256, token.keyID == id,
            SHA256.isValid(token.signature, of: token.signedBytes, key: secret),
            token.claims.issuer == Self.issuer, token.claims.audiences == [Self.issuer],
            // A clock that was set back must not end the sessions of all: what was issued in the
            // future is ours all the same.
            now < token.claims.expiresAt,
            let session = token.claims.all["sid"]?.text,
            let version = token.claims.all["ver"]?.integer
        else { return nil }
        return SessionClaims(
            user: UserID(token.claims.subject), session: SessionID(session), version: version)
    }
}

/// Of whom a token is, and of which login.
struct SessionClaims: Equatable, Sendable {
    let user: UserID
    let session: SessionID
    let version: Int
}
