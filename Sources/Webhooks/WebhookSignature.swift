import ControlPlane
import Crypto
import Foundation

/// Signatures of Standard Webhooks (specification 1.0, "Signature scheme"): by HMAC-SHA-256 over
/// id, timestamp and body, so that a receiver knows the sender, the age, and that it is told the
/// same only once.
package enum WebhookSignature {
    /// The value of `webhook-signature`: one signature for each secret, in their order.
    ///
    /// - Parameter timestamp: in seconds since 1970.
    package static func header(
        id: String, timestamp: Int, body: [UInt8], secrets: [String]
    ) -> String {
        let message = Array("\(id).\(timestamp).".utf8) + body
        return secrets.compactMap { secret -> String? in
            guard let key = key(of: secret) else { return nil }
            return "v1," + Data(SHA256.code(of: message, key: key)).base64EncodedString()
        }.joined(separator: " ")
    }

    private static func key(of secret: String) -> [UInt8]? {
        guard secret.hasPrefix(WebhookSecrets.signingPrefix) else { return nil }
        let text = String(secret.dropFirst(WebhookSecrets.signingPrefix.count))
        return Data(base64Encoded: text).map { [UInt8]($0) }
    }
}
