import Foundation

/// Identifies a webhook; a UUID in lower case.
package struct WebhookID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// Who wants to be told of what happens in a tenant, as far as that may be shown: without the URL
/// and the signing secret, which are `WebhookSecrets`.
package struct Webhook: Equatable, Sendable {
    /// Each may cost a request for each run that starts and ends.
    package static let countMax = 20
    package static let recipientsMax = 20

    /// What a receiver takes.
    package enum Kind: String, CaseIterable, Sendable {
        /// JSON, signed as Standard Webhooks has it.
        case json
        /// An incoming webhook of Slack's.
        case slack
        /// A workflow of Microsoft Teams' that takes an Adaptive Card.
        case teams
        /// People, by the service's own mail server.
        case email
    }

    package let id: WebhookID
    package let tenantID: String
    /// Nil for all environments of the tenant.
    package let envID: String?
    /// Nil for all runs.
    package let loadTestID: LoadTestID?
    package let kind: Kind
    package internal(set) var name: String
    package internal(set) var events: Set<Notice.Kind>
    /// Scheme and host of the URL, the rest of which may be a secret; empty for e-mail.
    package internal(set) var receiver: String
    /// E-mail addresses; empty for other kinds.
    package internal(set) var recipients: [String]
    package var health = Health()
    package let createdAt: Date
    package let createdBy: String
    package internal(set) var updatedAt: Date
    package internal(set) var updatedBy: String

    /// Whether its receiver takes what it is sent.
    package struct Health: Equatable, Sendable {
        /// Why nothing is sent; nil while it is enabled.
        package var disabledReason: String?
        package var disabledAt: Date?
        /// Of the first failure since the last success.
        package var failingSince: Date?
        /// Attempts since then.
        package var failures = 0
        package var lastDeliveredAt: Date?
        /// Events that found its outbox full.
        package var droppedCount = 0

        package init() {}

        package var isEnabled: Bool { disabledReason == nil }
    }

    package init(
        id: WebhookID, tenantID: String, envID: String? = nil, loadTestID: LoadTestID? = nil,
        kind: Kind, name: String, events: Set<Notice.Kind>, receiver: String = "",
        recipients: [String] = [], createdAt: Date, createdBy: String, updatedAt: Date? = nil,
        updatedBy: String? = nil
    ) {
        self.id = id
        self.tenantID = tenantID
        self.envID = envID
        self.loadTestID = loadTestID
        self.kind = kind
        self.name = name
        self.events = events
        self.receiver = receiver
        self.recipients = recipients
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.updatedAt = updatedAt ?? createdAt
        self.updatedBy = updatedBy ?? createdBy
    }
}

/// What of a webhook is sealed where it is stored, and shown to nobody.
package struct WebhookSecrets: Equatable, Sendable, Codable {
    /// How long a secret that was replaced still signs, beside the new one: so that a receiver has
    /// a day to learn the new one.
    package static let overlap = Duration.seconds(86_400)
    /// How Standard Webhooks has secrets written, and of how many random bytes (24 to 64).
    package static let signingPrefix = "whsec_"
    package static let signingByteCount = 32

    package struct Replaced: Equatable, Sendable, Codable {
        package let secret: String
        package let until: Date
    }

    /// Nil for e-mail.
    package var url: String?
    /// As `whsec_` and base64; nil for kinds whose receivers check no signature.
    package var signing: String?
    package var replaced: Replaced?

    package init(url: String? = nil, signing: String? = nil) {
        self.url = url
        self.signing = signing
    }

    /// - Parameter bytes: random ones.
    package static func signing(of bytes: [UInt8]) -> String {
        signingPrefix + Data(bytes).base64EncodedString()
    }

    package mutating func rotate(to new: String, at now: Date) {
        let until = now.addingTimeInterval(Double(Self.overlap.components.seconds))
        replaced = signing.map { Replaced(secret: $0, until: until) }
        signing = new
    }

    /// Those that sign now, the newest first.
    package func signing(at now: Date) -> [String] {
        [signing, replaced.flatMap { $0.until > now ? $0.secret : nil }].compactMap { $0 }
    }
}

extension Webhook {
    /// What of a URL may be shown: its path and query may be all that a receiver asks for.
    package static func shown(_ url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return "***" }
        let host = parts[2].prefix { !"/?#".contains($0) }
        return "\(parts[0].lowercased())//\(host)" + (host.count == parts[2].count ? "" : "/***")
    }
}

/// What a change of a webhook leaves as it was is nil.
package struct WebhookChange: Equatable, Sendable {
    package var name: String?
    package var events: Set<Notice.Kind>?
    package var url: String?
    package var receiver: String?
    package var recipients: [String]?
    package var isEnabled: Bool?
    /// A new signing secret.
    package var secret: String?

    package init() {}
}

extension Webhook {
    /// Enabled again, it is as one that never failed.
    package mutating func apply(_ change: WebhookChange, by actor: String, at now: Date) {
        name = change.name ?? name
        events = change.events ?? events
        receiver = change.receiver ?? receiver
        recipients = change.recipients ?? recipients
        (updatedAt, updatedBy) = (now, actor)
        switch change.isEnabled {
        case true? where !health.isEnabled:
            (health.disabledReason, health.disabledAt) = (nil, nil)
            (health.failingSince, health.failures) = (nil, 0)
        case false? where health.isEnabled:
            (health.disabledReason, health.disabledAt) = ("disabled by \(actor)", now)
        default: break
        }
    }
}
