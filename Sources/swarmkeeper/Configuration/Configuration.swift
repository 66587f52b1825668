import API
import ControlPlane
import History
import Logging

/// What the configuration file says, checked and complete.
struct Configuration: Equatable, Sendable {
    struct Server: Equatable, Sendable {
        var host = "127.0.0.1"
        var port = 8080
        /// Where hooks reach this service; empty leaves it to their own environment.
        var publicURL = ""
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

    var server = Server()
    var storagePath = "swarmkeeper.db"
    var retention = Retention()
    var tokens: [Token] = []
    var catalog = Catalog(tenants: [], clusters: [])
    var supervision = SupervisionSettings()
    var audit = Audit()
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
        let urls = [server.publicURL] + masters.map(\.baseURL)
        return tokens.map(\.secret) + [audit.key].compactMap(\.self) + audit.previousKeys
            + masters.map(\.authToken).filter { !$0.isEmpty }
            + urls.compactMap(ShownURL.secret) + otherSecrets
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
