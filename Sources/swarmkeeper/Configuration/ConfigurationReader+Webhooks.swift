import ControlPlane
import Webhooks
import YAML

/// Where notices may be sent, and how mail leaves the service.
extension ConfigurationReader {
    /// To be read behind all else that the catalog is made of.
    mutating func readWebhooks(_ node: Node?) {
        let fields = reader.fields(of: node, known: ["allow", "caFile"])
        let catalog = configuration.catalog
        configuration.catalog = Catalog(
            tenants: catalog.tenants, clusters: catalog.clusters, targets: catalog.targets,
            receivers: patterns(fields["allow"], "allow"))
        if fields["caFile"] != nil, let file = reader.requiredString("caFile", in: fields) {
            configuration.webhookAuthorityFile = file
        }
    }

    mutating func readSMTP(_ node: Node?) {
        guard let node else { return }
        let fields = reader.fields(
            of: node,
            known: [
                "host", "port", "tls", "user", "password", "from", "caFile", "recipientDomains",
            ])
        let host = reader.requiredString("host", in: fields)
        let from = reader.requiredString("from", in: fields)
        let position = fields["from"]?.position ?? fields.position
        if let from, !MailAddress.isValid(from) {
            reader.report(position, "from must be an address such as swarmkeeper@example.org")
        }
        let security = choice(fields["tls"], "tls", among: SMTPSettings.Security.allCases)
        var settings = SMTPSettings(host: host ?? "", port: 0, from: from ?? "")
        settings.security = security ?? .startTLS
        settings.port =
            reader.integer(fields["port"], "port", in: 1...65_535) ?? settings.security.usualPort
        if fields["caFile"] != nil { settings.caFile = reader.requiredString("caFile", in: fields) }
        readAccount(fields, &settings)
        for item in reader.items(of: fields["recipientDomains"], what: "domains") {
            guard let domain = reader.string(item, "a domain") else { continue }
            if MailAddress.isValid("a@\(domain)") {
                settings.recipientDomains.append(domain)
            } else {
                reader.report(item.position, "recipientDomains must be such as example.org")
            }
        }
        configuration.smtp = settings
    }

    private mutating func readAccount(
        _ fields: NodeReader.Fields, _ settings: inout SMTPSettings
    ) {
        guard fields["user"] != nil || fields["password"] != nil else { return }
        settings.user = reader.requiredString("user", in: fields)
        settings.password = reader.requiredString("password", in: fields)
        // As in basic authentication: what AUTH PLAIN separates by zeros has none.
        if [settings.user, settings.password].contains(where: { $0?.contains("\0") == true }) {
            reader.report(fields.position, "user and password must not have a zero character")
        }
        if settings.security == .none {
            reader.report(
                fields["tls"]?.position ?? fields.position,
                "a password is sent with tls: starttls or implicit only")
        }
    }
}

extension SMTPSettings.Security {
    /// RFC 8314, section 3; without TLS that of a relay.
    var usualPort: Int {
        switch self {
        case .startTLS: 587
        case .implicit: 465
        case .none: 25
        }
    }
}
