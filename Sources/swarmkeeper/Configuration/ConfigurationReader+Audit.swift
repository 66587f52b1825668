import History
import YAML

extension ConfigurationReader {
    mutating func readAudit(_ node: Node?) {
        let fields = reader.fields(of: node, known: ["key", "previousKeys"])
        if fields["key"] != nil, let key = reader.requiredString("key", in: fields) {
            configuration.audit.key = checked(key, "key", at: fields["key"])
        }
        for item in reader.items(of: fields["previousKeys"], what: "keys") {
            guard let key = reader.string(item, "a key"),
                let key = checked(key, "a key", at: item)
            else { continue }
            configuration.audit.previousKeys.append(key)
        }
        if configuration.audit.key == nil, let node = fields["previousKeys"], fields["key"] == nil {
            reader.report(node.position, "previousKeys are given together with a key")
        }
    }

    private mutating func checked(_ key: String, _ what: String, at node: Node?) -> String? {
        guard key.utf8.count >= AuditKeys.keyBytesMin else {
            if let node {
                reader.report(
                    node.position,
                    "\(what) must have at least \(AuditKeys.keyBytesMin) characters; make one "
                        + "with: openssl rand -hex 32")
            }
            return nil
        }
        return key
    }
}
