import API
import ControlPlane
import YAML

/// Whose word about people is taken.
extension ConfigurationReader {
    /// Needs the tenants.
    mutating func readAuth(_ node: Node?) {
        let fields = reader.fields(of: node, known: ["jwtSecret", "identityProviders"])
        readSecret(fields["jwtSecret"])
        for item in reader.items(of: fields["identityProviders"], what: "identity providers") {
            readProvider(item)
        }
    }

    /// An empty one is none, so that a variable can leave it out.
    private mutating func readSecret(_ node: Node?) {
        guard let node, let secret = reader.string(node, "jwtSecret"), !secret.isEmpty else {
            return
        }
        guard secret.utf8.count >= SessionKey.secretBytesMin else {
            reader.report(
                node.position,
                "jwtSecret must have at least \(SessionKey.secretBytesMin) characters; make one "
                    + "with: openssl rand -hex 32")
            return
        }
        configuration.auth.jwtSecret = secret
    }

    private mutating func readProvider(_ item: Node) {
        let fields = reader.fields(
            of: item,
            known: [
                "id", "issuer", "audience", "jwksFile", "nameClaim", "rolesClaim", "roles",
                "clockSkewSeconds",
            ])
        let known = configuration.auth.providers.map(\.settings)
        let id = identifier("id", in: fields, taken: known.map(\.id), what: "identity provider")
        if let id, id == "user" || id.count > IdentityProvider.idLengthMax {
            reader.report(
                fields["id"]?.position ?? fields.position,
                "id stands before people's names: it must have at most "
                    + "\(IdentityProvider.idLengthMax) characters and not be user")
        }
        let issuer = reader.requiredString("issuer", in: fields)
        if let issuer, known.contains(where: { $0.issuer == issuer }) {
            reader.report(
                fields["issuer"]?.position ?? fields.position,
                "issuer is the same as another identity provider's")
        }
        let audience = reader.requiredString("audience", in: fields)
        let keys = keySet(fields)
        let grants = grants(fields)
        let skew = reader.seconds(fields["clockSkewSeconds"], "clockSkewSeconds", in: 0...300)
        let claims = [("nameClaim", "sub"), ("rolesClaim", "groups")].map { name, usual in
            fields[name] == nil ? usual : reader.requiredString(name, in: fields)
        }
        guard let id, let issuer, let audience, let keys, let nameClaim = claims[0],
            let rolesClaim = claims[1]
        else { return }
        let settings = IdentityProvider(
            id: id, issuer: issuer, audience: audience, keys: keys.set, nameClaim: nameClaim,
            rolesClaim: rolesClaim, grants: grants, clockSkew: .seconds(skew ?? 30))
        configuration.auth.providers.append(.init(jwksFile: keys.file, settings: settings))
    }

    private mutating func keySet(_ fields: NodeReader.Fields) -> (file: String, set: KeySet)? {
        guard let file = reader.requiredString("jwksFile", in: fields) else { return nil }
        let position = fields["jwksFile"]?.position ?? fields.position
        do {
            let bytes = try Descriptor.read(file, upTo: KeySet.bytesMax + 1)
            guard bytes.count <= KeySet.bytesMax else {
                reader.report(position, "jwksFile has more than \(KeySet.bytesMax) bytes")
                return nil
            }
            return (file, try KeySet(bytes))
        } catch let error as Descriptor.Failure {
            reader.report(position, "jwksFile \(file) cannot be read: \(error.reason)")
        } catch {
            reader.report(position, "jwksFile \(file): \(error)")
        }
        return nil
    }

    private mutating func grants(_ fields: NodeReader.Fields) -> [IdentityProvider.Grant] {
        var grants: [IdentityProvider.Grant] = []
        guard let node = fields["roles"] else {
            reader.report(fields.position, "roles is missing: it says who may do what")
            return []
        }
        let items = reader.items(of: node, what: "roles")
        if items.isEmpty, case .sequence = node.value {
            reader.report(node.position, "roles must have at least one")
        }
        for item in items {
            let entry = reader.fields(of: item, known: ["value", "role", "tenantId", "envIds"])
            let value = reader.requiredString("value", in: entry)
            if entry["role"] == nil { reader.report(entry.position, "role is missing") }
            let isOfTenant = entry["tenantId"] != nil
            let roles: [Role] =
                [.viewer, .operator, .editor] + [isOfTenant ? .admin : .administrator]
            let role = choice(entry["role"], "role", among: roles)
            let scope = scope(entry)
            guard let value, let role, let scope else { continue }
            grants.append(.init(value: value, role: role, scope: scope))
        }
        return grants
    }

    /// Nil for a place that there is not, which is then reported.
    private mutating func scope(_ entry: NodeReader.Fields) -> Scope? {
        guard entry["tenantId"] != nil else {
            if let node = entry["envIds"] {
                reader.report(node.position, "envIds are given with a tenantId")
            }
            return .everything
        }
        guard let id = reader.requiredString("tenantId", in: entry) else { return nil }
        guard let tenant = configuration.catalog.tenant(id) else {
            reader.report(
                entry["tenantId"]?.position ?? entry.position, "there is no tenant \(id)")
            return nil
        }
        guard let node = entry["envIds"] else { return .tenant(id) }
        var names: [String] = []
        for item in reader.items(of: node, what: "environments") {
            guard let name = reader.string(item, "an environment") else { continue }
            if tenant.environments.contains(name) {
                names.append(name)
            } else {
                reader.report(item.position, "tenant \(id) has no environment \(name)")
            }
        }
        if names.isEmpty { reader.report(node.position, "envIds must name an environment") }
        return Scope(tenant: id, environments: names)
    }
}
