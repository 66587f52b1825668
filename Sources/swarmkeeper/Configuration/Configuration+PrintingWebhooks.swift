import Webhooks

extension Configuration {
    var printedWebhooks: [String] {
        var lines: [String] = []
        let allow = catalog.receivers.map(\.description)
        if !allow.isEmpty || webhookAuthorityFile != nil { lines.append("webhooks:") }
        if !allow.isEmpty { lines.append("  allow: \(list(allow))") }
        if let file = webhookAuthorityFile { lines.append("  caFile: \(quoted(file))") }
        guard let smtp else { return lines }
        lines += [
            "smtp:", "  host: \(quoted(smtp.host))", "  port: \(smtp.port)",
            "  tls: \(smtp.security.rawValue)", "  from: \(quoted(smtp.from))",
        ]
        if let user = smtp.user {
            lines += ["  user: \(quoted(user))", "  password: \"***\""]
        }
        if let file = smtp.caFile { lines.append("  caFile: \(quoted(file))") }
        if !smtp.recipientDomains.isEmpty {
            lines.append("  recipientDomains: \(list(smtp.recipientDomains))")
        }
        return lines
    }
}
