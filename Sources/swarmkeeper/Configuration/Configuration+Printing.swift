import API
import ControlPlane
import History
import Logging

extension Configuration {
    /// The effective configuration as YAML that could be read again, but for its masked secrets.
    var printed: String {
        var lines = [
            "server:", "  host: \(quoted(server.host))", "  port: \(server.port)",
        ]
        if !server.publicURL.isEmpty {
            lines.append("  publicUrl: \(quoted(ShownURL.text(server.publicURL)))")
        }
        lines += printedTLS + printedClients + printedRateLimits
        lines += ["storage:", "  path: \(quoted(storagePath))"]
        if encryptionKeys != EncryptionKeys() { lines.append("  encryptionKey: \"***\"") }
        if retention.maxAge != nil || retention.maxRuns != nil { lines.append("  retention:") }
        if let age = retention.maxAge {
            lines.append("    maxAgeDays: \(age.components.seconds / 86_400)")
        }
        if let runs = retention.maxRuns { lines.append("    maxRuns: \(runs)") }
        lines += ["security:", "  apiToken: \"***\""]
        if tokens.contains(where: { $0.principal.role == .callback }) {
            lines.append("  locustCallbackToken: \"***\"")
        }
        lines += printedAuth + printedTenants + printedClusters + printedTargets
        if audit.key != nil { lines += ["audit:", "  key: \"***\""] }
        if !audit.previousKeys.isEmpty {
            let masks = audit.previousKeys.map { _ in "\"***\"" }
            lines.append("  previousKeys: [\(masks.joined(separator: ", "))]")
        }
        lines += printedFigures + printedWebhooks
        lines += [
            "orchestrator:",
            "  metricsPollIntervalSeconds: \(plain(supervision.pollInterval))",
            "  leaseSeconds: \(plain(supervision.lease))",
            "  clusterLostAfterSeconds: \(plain(supervision.clusterLostAfter))",
            "  queueTimeoutSeconds: \(plain(supervision.queueTimeout))",
            "logging:", "  level: \(logLevel.rawValue)",
        ]
        // A file's content may stand anywhere.
        return SecretRegistry(otherSecrets).masked(lines.joined(separator: "\n") + "\n")
    }

    private var printedAuth: [String] {
        guard auth != Auth() else { return [] }
        var lines = ["auth:"]
        if auth.jwtSecret != nil { lines.append("  jwtSecret: \"***\"") }
        if !auth.providers.isEmpty { lines.append("  identityProviders:") }
        for provider in auth.providers {
            let settings = provider.settings
            lines += [
                "    - id: \(quoted(settings.id))", "      issuer: \(quoted(settings.issuer))",
                "      audience: \(quoted(settings.audience))",
                "      jwksFile: \(quoted(provider.jwksFile))",
                "      nameClaim: \(quoted(settings.nameClaim))",
                "      rolesClaim: \(quoted(settings.rolesClaim))",
                "      clockSkewSeconds: \(plain(settings.clockSkew))", "      roles:",
            ]
            lines += settings.grants.map { "        - { \(printed($0)) }" }
        }
        return lines
    }

    private func printed(_ grant: IdentityProvider.Grant) -> String {
        var parts = ["value: \(quoted(grant.value))", "role: \(grant.role.rawValue)"]
        if let tenant = grant.scope.tenantID { parts.append("tenantId: \(quoted(tenant))") }
        if case .environments(let names, of: _) = grant.scope {
            parts.append("envIds: [\(names.map(quoted).joined(separator: ", "))]")
        }
        return parts.joined(separator: ", ")
    }

    private var printedTLS: [String] {
        var lines = server.isBehindTLSProxy ? ["  behindTlsProxy: true"] : []
        guard let tls = server.tls else { return lines }
        lines += [
            "  tls:", "    certificateFile: \(quoted(tls.certificateFile))",
            "    keyFile: \(quoted(tls.keyFile))",
            "    minVersion: \"\(tls.versionMin.rawValue)\"",
        ]
        if let clients = tls.clients {
            lines += [
                "    clientCaFile: \(quoted(clients.authorityFile))",
                "    clientCertificates: \(clients.certificates.rawValue)",
            ]
        }
        return lines
    }

    private var printedClients: [String] {
        var lines: [String] = []
        if !server.trustedProxies.isEmpty {
            lines += ["  trustedProxies: \(list(server.trustedProxies.map(\.description)))"]
            lines += ["  forwardedField: \(server.forwardedField.rawValue)"]
        }
        if !server.allowedOrigins.isEmpty {
            lines += ["  cors:", "    allowedOrigins: \(list(server.allowedOrigins))"]
        }
        if server.policy.isTLS || !server.trustedProxies.isEmpty {
            lines += ["  strictTransportSeconds: \(server.strictTransportSeconds)"]
        }
        return lines
    }

    private var printedRateLimits: [String] {
        let limits = rateLimits
        guard limits != RateLimits() else { return [] }
        let overrides = limits.overrides.map { override in
            let names = [("tenantId", override.tenantID), ("token", override.token)].compactMap {
                name, value in value.map { "\(name): \(quoted($0))" }
            }
            return "      - { \((names + [printed(override.limit)]).joined(separator: ", ")) }"
        }
        return [
            "  rateLimit:", "    requestsPerSecond: \(limits.general.rateText)",
            "    burst: \(limits.general.burst)", "    stops: { \(printed(limits.stops)) }",
            "    callbacks: { \(printed(limits.callbacks)) }",
            "    anonymous: { \(printed(limits.anonymous)) }",
        ] + (overrides.isEmpty ? [] : ["    overrides:"] + overrides)
    }

    private func printed(_ limit: RateLimit) -> String {
        "requestsPerSecond: \(limit.rateText), burst: \(limit.burst)"
    }

    func list(_ texts: [String]) -> String {
        "[\(texts.map(quoted).joined(separator: ", "))]"
    }

    private var printedTenants: [String] {
        guard !catalog.tenants.isEmpty else { return [] }
        return ["tenants:"]
            + catalog.tenants.flatMap { tenant -> [String] in
                var lines = [
                    "  - id: \(quoted(tenant.id))", "    name: \(quoted(tenant.name))",
                ]
                lines += printedEnvironments(of: tenant) + printed(tenant.policy, indent: "    ")
                lines += printed(tenant.limits, indent: "    ")
                let own = tokens.filter { $0.principal.scope == .tenant(tenant.id) }
                if !own.isEmpty { lines.append("    tokens:") }
                for token in own {
                    lines += [
                        "      - name: \(quoted(token.principal.name))",
                        "        role: \(token.principal.role.rawValue)",
                        "        token: \"***\"",
                    ]
                }
                return lines
            }
    }

    private var printedClusters: [String] {
        guard !catalog.clusters.isEmpty else { return [] }
        return ["locustClusters:"]
            + catalog.clusters.flatMap { cluster -> [String] in
                var lines = [
                    "  - id: \(quoted(cluster.id))", "    type: \(cluster.kind.rawValue)",
                ]
                switch cluster.generator {
                case .locust(let settings): lines += printed(settings)
                case .native(let settings): lines += printed(settings)
                }
                lines.append("    serves:")
                for key in cluster.serves {
                    lines.append(
                        "      - { tenantId: \(quoted(key.tenantID)), envId: \(quoted(key.envID)) }"
                    )
                }
                return lines
            }
    }

    private func printed(_ settings: LocustSettings) -> [String] {
        [
            "    baseUrl: \(quoted(ShownURL.text(settings.baseURL)))",
            "    authToken: \(settings.authToken.isEmpty ? "\"\"" : "\"***\"")",
        ] + printed(settings.tls)
    }

    private func printed(_ settings: NativeSettings) -> [String] {
        [
            "    maxConcurrentRuns: \(settings.maxConcurrentRuns)",
            "    maxUsers: \(settings.maxUsers)", "    threads: \(settings.threads)",
        ] + printed(settings.tls)
    }

    private func printed(_ tls: TLSFiles) -> [String] {
        let files = [
            ("caFile", tls.caFile), ("clientCertificateFile", tls.clientCertificateFile),
            ("clientKeyFile", tls.clientKeyFile),
        ].compactMap { name, file in file.map { "      \(name): \(quoted($0))" } }
        return files.isEmpty ? [] : ["    tls:"] + files
    }

    func plain(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return seconds == seconds.rounded() ? String(Int(seconds)) : String(seconds)
    }

    /// A double-quoted scalar that means `text`, also where that has a `${` in it.
    func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                "\\u" + String(0x1_0000 + Int(scalar.value), radix: 16).dropFirst()
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined().replacing("${", with: "$${"))\""
    }
}
