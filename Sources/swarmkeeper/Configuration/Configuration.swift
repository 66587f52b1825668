import API
import Addresses
import ControlPlane
import HTTPServer
import History
import Logging
import Networking
import Webhooks

/// What the configuration file says, checked and complete.
struct Configuration: Equatable, Sendable {
    struct Server: Equatable, Sendable {
        var host = "127.0.0.1"
        var port = 8080
        /// Where hooks reach this service; empty leaves it to their own environment.
        var publicURL = ""
        /// Nil for plain HTTP.
        var tls: TLSServerSettings?
        /// A reverse proxy in front speaks TLS with clients.
        var isBehindTLSProxy = false
        /// Addresses and ranges of proxies whose word for a client's address is taken.
        var trustedProxies: [AddressRange] = []
        var forwardedField = TrustedProxies.Field.xForwardedFor
        /// Origins of pages that may read answers.
        var allowedOrigins: [String] = []
        var strictTransportSeconds = AnswerPolicy().strictTransportSeconds

        var proxies: TrustedProxies {
            TrustedProxies(trustedProxies, by: forwardedField)
        }

        var policy: AnswerPolicy {
            var policy = AnswerPolicy()
            policy.allowedOrigins = allowedOrigins
            policy.strictTransportSeconds = strictTransportSeconds
            policy.isTLS = tls != nil
            return policy
        }

        /// Whether it takes another start to come here from `old`; another certificate does not.
        func needsRestart(after old: Server) -> Bool {
            var (new, old) = (self, old)
            if new.tls != nil, old.tls != nil { (new.tls, old.tls) = (nil, nil) }
            return new != old
        }
    }

    struct Token: Equatable, Sendable {
        let secret: String
        let principal: Principal
    }

    struct Audit: Equatable, Sendable {
        var key: String?
        var previousKeys: [String] = []

        var keys: AuditKeys { AuditKeys(key, previous: previousKeys) }
    }

    /// Whose word about people is taken.
    struct Auth: Equatable, Sendable {
        struct Provider: Equatable, Sendable {
            let jwksFile: String
            let settings: IdentityProvider
        }

        /// Nil where nobody logs in here.
        var jwtSecret: String?
        var providers: [Provider] = []

        var settings: LoginSettings {
            LoginSettings(
                sessionKey: jwtSecret.map { SessionKey(secret: $0) },
                providers: providers.map(\.settings))
        }
    }

    var server = Server()
    var storagePath = "swarmkeeper.db"
    var rateLimits = RateLimits()
    var retention = Retention()
    var tokens: [Token] = []
    var auth = Auth()
    var catalog = Catalog(tenants: [], clusters: [])
    var supervision = SupervisionSettings()
    var audit = Audit()
    var metrics = MetricsSettings()
    /// Nil where figures are sent nowhere.
    var otlp: TelemetrySettings?
    /// Who vouches for the receivers of webhooks, in PEM; nil takes the system's.
    var webhookAuthorityFile: String?
    /// Nil where no mail is sent.
    var smtp: SMTPSettings?
    var encryptionKeys = EncryptionKeys()
    /// Keys for the store, and whatever files were named for.
    var otherSecrets: [String] = []
    /// As `file:line:column: message`: what is no mistake, and should be looked into.
    var warnings: [String] = []
    var logLevel = LogLevel.info
    /// SHA-256 of the file as it was read; empty for one that was not.
    var fileHash = ""

    /// Everything that must not be seen in a log.
    var secrets: [String] {
        let masters = catalog.clusters.compactMap(\.locust)
        let urls =
            [server.publicURL, otlp?.endpoint].compactMap { $0 } + masters.map(\.baseURL)
        return tokens.map(\.secret) + [auth.jwtSecret, audit.key].compactMap { $0 }
            + audit.previousKeys + masters.map(\.authToken).filter { !$0.isEmpty }
            + urls.compactMap(ShownURL.secret) + otherSecrets
            + (otlp?.headers.map(\.value) ?? [])
            + [metrics.token, smtp?.password].compactMap { $0 }
    }
}

/// One mistake in a configuration file.
struct ConfigurationProblem: Error, Equatable, Sendable {
    let line: Int
    let column: Int
    let message: String

    /// Without what no message may show, such as a value that was read from a file.
    func masked(_ secrets: SecretRegistry) -> ConfigurationProblem {
        ConfigurationProblem(line: line, column: column, message: secrets.masked(message))
    }

    /// `file:line:column: message`, as editors and terminals link it.
    func description(in file: String) -> String { "\(file):\(line):\(column): \(message)" }
}

/// All that is wrong with a file.
struct ConfigurationError: Error, Equatable, Sendable {
    let file: String
    let problems: [ConfigurationProblem]

    var lines: [String] { problems.map { $0.description(in: file) } }
}
