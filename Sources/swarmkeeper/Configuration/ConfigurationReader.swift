import ControlPlane
import Foundation
import History
import Logging
import YAML

/// Reads a configuration and finds all of its mistakes at once.
struct ConfigurationReader {
    var reader: NodeReader
    var configuration = Configuration()

    /// - Parameter file: how the file is called in messages.
    /// - Throws: `ConfigurationError` with every mistake, in the order of the file.
    static func read(_ bytes: [UInt8], file: String, environment: [String: String])
        throws(ConfigurationError) -> Configuration
    {
        let root: Node
        do {
            root = try YAML.parse(bytes)
        } catch {
            throw ConfigurationError(
                file: file,
                problems: [
                    ConfigurationProblem(
                        line: error.position.line, column: error.position.column,
                        message: error.message)
                ])
        }
        var reader = ConfigurationReader(reader: NodeReader(environment: environment))
        reader.readRoot(root)
        let problems = reader.reader.problems.sorted {
            ($0.line, $0.column) < ($1.line, $1.column)
        }
        let secrets = SecretRegistry(reader.reader.fileSecrets)
        guard problems.isEmpty else {
            throw ConfigurationError(file: file, problems: problems.map { $0.masked(secrets) })
        }
        reader.configuration.otherSecrets += reader.reader.fileSecrets
        reader.configuration.warnings = reader.reader.warnings.map { $0.description(in: file) }
        return reader.configuration
    }

    private mutating func readRoot(_ root: Node) {
        let fields = reader.fields(
            of: root,
            known: [
                "server", "storage", "security", "auth", "tenants", "locustClusters", "targets",
                "orchestrator", "audit", "logging", "metrics", "telemetry", "webhooks", "smtp",
            ])
        let rateLimit = readServer(fields["server"])
        readStorage(fields["storage"])
        let security = fields["security"]
        if security == nil { reader.report(fields.position, "security is missing") }
        readSecurity(security)
        readTenants(fields["tenants"])
        readAuth(fields["auth"])
        readRateLimits(rateLimit)
        readClusters(fields["locustClusters"])
        readTargets(fields["targets"])
        readOrchestrator(fields["orchestrator"])
        readAudit(fields["audit"])
        readMetrics(fields["metrics"])
        readTelemetry(fields["telemetry"])
        readWebhooks(fields["webhooks"])
        readSMTP(fields["smtp"])
        let logging = reader.fields(of: fields["logging"], known: ["level"])
        if let level = choice(logging["level"], "level", among: LogLevel.allCases) {
            configuration.logLevel = level
        }
    }

    /// - Returns: the rate limits, which are read when the tenants are known.
    private mutating func readServer(_ node: Node?) -> Node? {
        let fields = reader.fields(
            of: node,
            known: ["host", "port", "publicUrl", "tls", "behindTlsProxy", "rateLimit"]
                + Self.clientKeys)
        if fields["host"] != nil, let host = reader.requiredString("host", in: fields) {
            configuration.server.host = host
        }
        if let port = reader.integer(fields["port"], "port", in: 0...65_535) {
            configuration.server.port = port
        }
        if let node = fields["publicUrl"], let url = url(node, "publicUrl") {
            configuration.server.publicURL = url
        }
        configuration.server.tls = serverTLS(fields["tls"])
        if let answer = reader.boolean(fields["behindTlsProxy"], "behindTlsProxy") {
            configuration.server.isBehindTLSProxy = answer
        }
        readClients(fields)
        return fields["rateLimit"]
    }

    private mutating func readStorage(_ node: Node?) {
        let fields = reader.fields(
            of: node, known: ["path", "retention", "encryptionKey", "previousKeys"])
        readEncryptionKeys(fields)
        if fields["path"] != nil, let path = reader.requiredString("path", in: fields) {
            configuration.storagePath = path
        }
        let retention = reader.fields(of: fields["retention"], known: ["maxAgeDays", "maxRuns"])
        if let days = reader.integer(retention["maxAgeDays"], "maxAgeDays", in: 1...36_500) {
            configuration.retention.maxAge = .seconds(days * 86_400)
        }
        configuration.retention.maxRuns = reader.integer(
            retention["maxRuns"], "maxRuns", in: 1...Int.max)
    }

    private mutating func readSecurity(_ node: Node?) {
        guard let node else { return }
        let fields = reader.fields(of: node, known: ["apiToken", "locustCallbackToken"])
        addToken(
            "apiToken", in: fields,
            as: Principal(name: "apiToken", role: .administrator, scope: .everything))
        guard fields["locustCallbackToken"] != nil else { return }
        addToken(
            "locustCallbackToken", in: fields,
            as: Principal(name: "locustCallbackToken", role: .callback, scope: .everything))
    }

    private mutating func addToken(
        _ name: String, in fields: NodeReader.Fields, as principal: Principal
    ) {
        guard let secret = token(name, in: fields) else { return }
        configuration.tokens.append(.init(secret: secret, principal: principal))
    }

    /// A secret that tells who is calling; nil for one that cannot be used, which is reported.
    mutating func token(_ name: String, in fields: NodeReader.Fields) -> String? {
        guard let secret = reader.requiredString(name, in: fields) else { return nil }
        let position = fields[name]?.position ?? fields.position
        if secret.utf8.count < SecretRegistry.secretBytesMin {
            reader.report(
                position,
                "\(name) must have at least \(SecretRegistry.secretBytesMin) characters; make one "
                    + "with: openssl rand -hex 24")
        } else if secret.contains(where: { !$0.isASCII || $0.isWhitespace }) {
            reader.report(position, "\(name) must be printable ASCII without spaces")
        } else if configuration.tokens.contains(where: { $0.secret == secret }) {
            reader.report(position, "\(name) is the same secret as another token's")
        } else {
            return secret
        }
        return nil
    }

    private mutating func readTenants(_ node: Node?) {
        var tenants: [Tenant] = []
        for item in reader.items(of: node, what: "tenants") {
            let fields = reader.fields(
                of: item,
                known: ["id", "name", "environments", "limits", "tokens"] + Self.policyKeys)
            // Also of a tenant that cannot be used the rest is read, for its own mistakes.
            let id = identifier("id", in: fields, taken: tenants.map(\.id), what: "tenant")
            let environments = environments(fields)
            let tenant = Tenant(
                id: id ?? "", name: label(fields["name"], "name") ?? id ?? "",
                environments: environments.map(\.name),
                limits: limits(fields["limits"], among: UsageLimits.Name.allCases),
                environmentLimits: Dictionary(
                    environments.filter { !$0.limits.isEmpty }.map { ($0.name, $0.limits) },
                    uniquingKeysWith: { $1 }),
                policy: policy(fields),
                environmentPolicies: Dictionary(
                    environments.filter { $0.policy != StartPolicy() }
                        .map { ($0.name, $0.policy) }, uniquingKeysWith: { $1 }))
            if id != nil { tenants.append(tenant) }
            readTokens(fields["tokens"], of: tenant.id)
        }
        configuration.catalog = Catalog(tenants: tenants, clusters: [])
    }

    private mutating func readTokens(_ node: Node?, of tenant: String) {
        let roles: [Role] = [.viewer, .operator, .editor, .admin]
        var names: [String] = []
        for item in reader.items(of: node, what: "tokens") {
            let fields = reader.fields(of: item, known: ["name", "role", "token"])
            let name = reader.requiredString("name", in: fields)
            if let name, label(fields["name"], "name") != nil, names.contains(name) {
                reader.report(
                    fields["name"]?.position ?? fields.position,
                    "the token name \(name) is given twice in this tenant")
            }
            if let name { names.append(name) }
            if fields["role"] == nil { reader.report(fields.position, "role is missing") }
            let role = choice(fields["role"], "role", among: roles)
            // Without a name or a role the file is refused; its token is read for its own mistakes.
            let principal = Principal(
                name: name ?? "", role: role ?? .viewer, scope: .tenant(tenant))
            addToken("token", in: fields, as: principal)
        }
    }
}

extension ConfigurationReader {
    private mutating func readOrchestrator(_ node: Node?) {
        let fields = reader.fields(
            of: node,
            known: [
                "metricsPollIntervalSeconds", "leaseSeconds", "clusterLostAfterSeconds",
                "queueTimeoutSeconds",
            ])
        if let timeout = reader.seconds(
            fields["queueTimeoutSeconds"], "queueTimeoutSeconds", in: 1...86_400)
        {
            configuration.supervision.queueTimeout = .seconds(timeout)
        }
        let poll = reader.seconds(
            fields["metricsPollIntervalSeconds"], "metricsPollIntervalSeconds", in: 0.5...3600)
        let lease = reader.seconds(fields["leaseSeconds"], "leaseSeconds", in: 5...86_400)
        let lost = reader.seconds(
            fields["clusterLostAfterSeconds"], "clusterLostAfterSeconds", in: 5...86_400)
        if let poll { configuration.supervision.pollInterval = .seconds(poll) }
        if let lost { configuration.supervision.clusterLostAfter = .seconds(lost) }
        // A poll renews the lease: with fewer than three in it, one slow answer would end a run.
        let leaseMin = configuration.supervision.pollInterval * 3
        if let lease {
            configuration.supervision.lease = .seconds(lease)
            if .seconds(lease) < leaseMin {
                reader.report(
                    fields["leaseSeconds"]?.position ?? fields.position,
                    "leaseSeconds must be at least three times metricsPollIntervalSeconds")
            }
        } else {
            configuration.supervision.lease = max(configuration.supervision.lease, leaseMin)
        }
    }

    mutating func url(_ node: Node, _ what: String) -> String? {
        guard let text = reader.string(node, what) else { return nil }
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
            url.scheme == "http" || url.scheme == "https", url.query == nil, url.fragment == nil,
            (1...65_535).contains(url.port ?? 80)
        else {
            reader.report(
                node.position, "\(what) must be an http or https URL such as http://127.0.0.1:8089")
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    mutating func choice<T: RawRepresentable<String>>(
        _ node: Node?, _ what: String, among values: [T]
    ) -> T? {
        guard let node, let text = reader.string(node, what) else { return nil }
        if let value = values.first(where: { $0.rawValue == text }) { return value }
        reader.report(
            node.position,
            // As it is written: what a variable contains may be a secret in the wrong place.
            "\(what) must be one of \(values.map(\.rawValue).joined(separator: ", ")), not "
                + (node.text ?? text))
        return nil
    }

    /// A name for people, which the API repeats.
    mutating func label(_ node: Node?, _ what: String) -> String? {
        guard let node, let text = reader.string(node, what) else { return nil }
        guard text.unicodeScalars.count <= 200,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            reader.report(
                node.position, "\(what) must have at most 200 characters and no control characters")
            return nil
        }
        return text
    }

    /// A name that stands in URLs, logs and files.
    mutating func identifier(
        _ key: String, in fields: NodeReader.Fields, taken: [String], what: String
    ) -> String? {
        guard let text = reader.requiredString(key, in: fields) else { return nil }
        let position = fields[key]?.position ?? fields.position
        return check(text, what, taken: taken, at: position) ? text : nil
    }

    mutating func check(
        _ name: String, _ what: String, taken: [String], at position: Position
    ) -> Bool {
        guard (1...100).contains(name.count),
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        else {
            reader.report(
                position, "a \(what) is named by 1 to 100 of the characters a-z A-Z 0-9 - _ .")
            return false
        }
        guard !taken.contains(name) else {
            reader.report(position, "the \(what) \(name) is defined twice")
            return false
        }
        return true
    }
}
