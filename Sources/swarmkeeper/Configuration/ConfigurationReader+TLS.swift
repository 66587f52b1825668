import ControlPlane
import Networking
import YAML

/// How the service speaks TLS, and how it does with clusters.
extension ConfigurationReader {
    private static let serverKeys = [
        "certificateFile", "keyFile", "minVersion", "clientCaFile", "clientCertificates",
    ]

    /// The settings of the service's own TLS, whose files have been read to see that they serve.
    mutating func serverTLS(_ node: Node?) -> TLSServerSettings? {
        guard let node else { return nil }
        let fields = reader.fields(of: node, known: Self.serverKeys)
        guard case .mapping = node.value else { return nil }
        let certificate = reader.requiredString("certificateFile", in: fields)
        let key = reader.requiredString("keyFile", in: fields)
        let version = choice(fields["minVersion"], "minVersion", among: TLSVersion.allCases)
        let clients = clients(fields)
        guard let certificate, let key else { return nil }
        var settings = TLSServerSettings(certificateFile: certificate, keyFile: key)
        settings.versionMin = version ?? settings.versionMin
        settings.clients = clients
        check(settings, fields)
        return settings
    }

    private mutating func clients(_ fields: NodeReader.Fields) -> TLSServerSettings.Clients? {
        let certificates = choice(
            fields["clientCertificates"], "clientCertificates",
            among: TLSServerSettings.ClientCertificates.allCases)
        guard fields["clientCaFile"] != nil else {
            if let node = fields["clientCertificates"] {
                reader.report(
                    node.position, "clientCertificates needs clientCaFile, who vouches for them")
            }
            return nil
        }
        return reader.requiredString("clientCaFile", in: fields).map {
            .init(authorityFile: $0, certificates: certificates ?? .required)
        }
    }

    /// The files are tried, so that a wrong one is found before the service is started or asked to
    /// reload.
    private mutating func check(_ settings: TLSServerSettings, _ fields: NodeReader.Fields) {
        for failure in TLSServerContext.failures(of: settings) {
            switch failure.part {
            case .certificate: report(failure, of: "certificateFile", fields)
            case .key: report(failure, of: "keyFile", fields)
            case .clientAuthority: report(failure, of: "clientCaFile", fields)
            case .pair:
                reader.report(
                    fields["keyFile"]?.position ?? fields.position,
                    "keyFile is not the key of certificateFile")
            case .openSSL: reader.report(fields.position, "cannot \(failure)")
            }
        }
    }

    private mutating func report(
        _ failure: TLSServerContext.Failure, of key: String, _ fields: NodeReader.Fields
    ) {
        guard let node = fields[key] else { return }
        // As it is written: what a variable contains may be a secret in the wrong place.
        reader.report(
            node.position, "\(key) \(node.text ?? "") cannot be used: \(failure.error.reason)")
    }

    /// Files of a cluster's TLS, which are read when they are used.
    mutating func tlsFiles(_ node: Node?) -> TLSFiles {
        let names = ["caFile", "clientCertificateFile", "clientKeyFile"]
        let fields = reader.fields(of: node, known: names)
        let files = names.map { name in
            fields[name] == nil ? nil : reader.requiredString(name, in: fields)
        }
        if (fields[names[1]] == nil) != (fields[names[2]] == nil) {
            reader.report(
                fields.position, "clientCertificateFile and clientKeyFile are given together")
        }
        return .init(
            caFile: files[0], clientCertificateFile: files[1], clientKeyFile: files[2])
    }
}
