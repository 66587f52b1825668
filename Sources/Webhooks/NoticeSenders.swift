import Addresses
import ControlPlane
import Locust
import Networking

/// Sends each notice by the way that its webhook asks for.
package struct NoticeSenders: NoticeSender {
    private let http: HTTPNoticeSender
    private let mail: MailNoticeSender

    /// - Parameters:
    ///   - hosts: tells the addresses of receivers.
    ///   - publicURL: how people reach the service; empty leaves links out.
    ///   - caFile: who vouches for receivers, in PEM; nil for the system's authorities.
    ///   - rules: which servers a webhook may be sent to; nil where its tenant is configured no
    ///     more.
    package init(
        hosts: any HostLookup, publicURL: String, caFile: String?, smtp: SMTPSettings?,
        version: String, time: any TimeSource,
        rules: @escaping @Sendable (Webhook) async -> TargetRules?
    ) {
        var tls = TLSSettings()
        if let caFile { tls.trust = .authorities(file: caFile) }
        // A thread of its own: what receivers do is nothing that masters would have to wait for.
        http = HTTPNoticeSender(
            transport: SocketTransport(tls: tls), hosts: hosts, rules: rules,
            publicURL: publicURL, version: version, time: time)
        mail = MailNoticeSender(settings: smtp, publicURL: publicURL, time: time)
    }

    /// Reads the files of receivers' authorities anew, when they are next needed. The mail server's
    /// are read for each message.
    package func forgetTLSFiles() { http.transport.forgetTLSFiles() }

    package func send(_ delivery: DueDelivery) async -> AttemptOutcome {
        delivery.webhook.kind == .email
            ? await mail.send(delivery) : await http.send(delivery)
    }
}
