import Addresses
import ControlPlane
import Foundation
import Locust
import Logging
import Networking

/// Sends notices by HTTP: to addresses that the rules for targets allow, and that were looked up
/// and checked for this very connection. Redirects are answers like any other.
struct HTTPNoticeSender {
    /// Read of an answer: all that can be of use, which is its beginning.
    static let answerBytesMax = 4_096
    static let lookupMax = Duration.seconds(5)

    let transport: SocketTransport
    let hosts: any HostLookup
    /// Which servers may be sent to; nil where the tenant is configured no more.
    let rules: @Sendable (Webhook) async -> TargetRules?
    let publicURL: String
    let version: String
    let time: any TimeSource

    func send(_ due: DueDelivery) async -> AttemptOutcome {
        guard let secrets = due.secrets, let url = secrets.url else {
            return AttemptOutcome(
                failure: "no configured key opens what is stored of it: add the key to "
                    + "storage.previousKeys, or set the URL anew")
        }
        let mask = ReceiverMask(secrets)
        let addresses: [SocketAddress]
        do throws(Refusal) {
            addresses = try await self.addresses(of: url, for: due.webhook)
        } catch {
            return AttemptOutcome(failure: mask.apply(to: error.reason))
        }
        do throws(TransportError) {
            let answer = try await transport.send(
                request(due, secrets, url), to: addresses, bodyBytesMax: Self.answerBytesMax)
            return ReceiverAnswer.outcome(of: answer, mask, at: time.now)
        } catch {
            return AttemptOutcome(failure: mask.apply(to: Self.words(for: error)))
        }
    }

    private func request(_ due: DueDelivery, _ secrets: WebhookSecrets, _ url: String)
        -> TransportRequest
    {
        let body = Payload.body(
            of: due.delivery.notice, for: due.webhook.kind, publicURL: publicURL)
        var headers = [
            "Content-Type": "application/json", "User-Agent": "swarmkeeper/\(version)",
        ]
        if due.webhook.kind == .json {
            let now = time.now
            let (id, timestamp) = (due.delivery.id.text, Int(now.timeIntervalSince1970))
            headers["webhook-id"] = id
            headers["webhook-timestamp"] = "\(timestamp)"
            headers["webhook-signature"] = WebhookSignature.header(
                id: id, timestamp: timestamp, body: body, secrets: secrets.signing(at: now))
        }
        return TransportRequest(method: "POST", url: url, headers: headers, body: body)
    }

    private struct Refusal: Error {
        let reason: String
    }

    /// The addresses to connect to. One that is not allowed is enough to refuse them all: the
    /// name is then not what it should be.
    private func addresses(of url: String, for webhook: Webhook) async throws(Refusal)
        -> [SocketAddress]
    {
        let server: TargetServer
        do {
            server = try TargetServer(url: url)
        } catch {
            throw Refusal(reason: "the URL \(error.message)")
        }
        guard let rules = await rules(webhook) else {
            throw Refusal(reason: "the tenant is configured no more")
        }
        let addresses: [IPAddress]
        switch server.host {
        case .address(let address): addresses = [address]
        case .name(let name):
            do {
                addresses = try await hosts.addresses(of: name, within: Self.lookupMax)
            } catch {
                throw Refusal(reason: "resolve \(name): \(error.cause)")
            }
        }
        for address in addresses {
            if let refusal = rules.receiverRefusal(of: address, for: server) {
                throw Refusal(reason: "not sent: \(server) \(refusal)")
            }
        }
        return addresses.compactMap {
            Resolver.numericAddress($0.description, port: server.port)
        }
    }

    private static func words(for error: TransportError) -> String {
        switch error {
        case .unreachable(let cause): cause
        case .lost(let cause): "the connection broke: \(cause)"
        case .tooLarge: "the answer is too large"
        case .cancelled: "cut off"
        }
    }
}

/// What an answer says about the delivery.
enum ReceiverAnswer {
    static func outcome(
        of answer: TransportAnswer, _ mask: ReceiverMask, at now: Date
    ) -> AttemptOutcome {
        var outcome = AttemptOutcome(status: answer.status)
        // Masked before it is cut: half a secret is nothing that anybody recognizes.
        let text = mask.apply(to: String(decoding: answer.body, as: UTF8.self))
        outcome.excerpt = PrintableText.excerpt(text.utf8, bytesMax: Attempt.excerptBytesMax)
        switch answer.status {
        case 200..<300: return outcome
        case 300..<400: outcome.failure = "HTTP \(answer.status): redirects are not followed"
        default: outcome.failure = "HTTP \(answer.status)"
        }
        outcome.isGone = answer.status == 410
        if [429, 503].contains(answer.status) {
            outcome.retryAfter = retryAfter(answer.headers["retry-after"], at: now)
        }
        return outcome
    }

    /// `Retry-After` in its two forms (RFC 9110, section 10.2.3).
    static func retryAfter(_ field: String?, at now: Date) -> Duration? {
        guard let field else { return nil }
        let max = RetrySchedule.retryAfterMax
        if let seconds = Int(field) {
            return .seconds(Swift.min(Swift.max(0, seconds), Int(max.components.seconds)))
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let date = formatter.date(from: field) else { return nil }
        let seconds = Swift.min(date.timeIntervalSince(now), max / .seconds(1))
        return .seconds(Swift.max(0, seconds))
    }
}

/// Keeps what is secret of a receiver out of what is shown: its URL, whose path is all that Slack
/// asks for, and the signing secrets. Receivers like to quote them in their errors.
struct ReceiverMask {
    /// A shorter part of a URL is no secret that would be worth anything.
    private static let partMin = 8

    private let secrets: SecretRegistry

    init(_ secrets: WebhookSecrets) {
        var texts = [secrets.signing, secrets.replaced?.secret].compactMap { $0 }
        if let url = secrets.url {
            let parts = url.split { "/?&=#:@".contains($0) }.dropFirst(2).map(String.init)
            texts += [url] + parts.filter { $0.count >= Self.partMin }
            texts += parts.compactMap(\.removingPercentEncoding).filter { $0.count >= Self.partMin }
        }
        self.secrets = SecretRegistry(texts)
    }

    func apply(to text: String) -> String { secrets.masked(text) }
}
