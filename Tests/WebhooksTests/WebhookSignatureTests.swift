import ControlPlane
import Testing

@testable import Webhooks

struct WebhookSignatureTests {
    /// The example of the Standard Webhooks reference implementations.
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private func header(_ secrets: [String]) -> String {
        WebhookSignature.header(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8), secrets: secrets)
    }

    @Test func `the specification's example is signed as it says`() {
        #expect(header([Self.secret]) == Self.wanted)
    }

    @Test func `while two secrets hold there are two signatures`() {
        let other = WebhookSecrets.signing(of: [UInt8](repeating: 1, count: 32))
        let parts = header([other, Self.secret]).split(separator: " ").map(String.init)
        #expect(parts.count == 2 && parts[1] == Self.wanted && parts[0] != Self.wanted)
        #expect(parts.allSatisfy { $0.hasPrefix("v1,") })
    }

    @Test func `a new secret has the form that libraries read`() {
        let secret = WebhookSecrets.signing(of: Array(0..<32))
        #expect(secret == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    }
}
