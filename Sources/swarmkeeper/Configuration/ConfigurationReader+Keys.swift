import Crypto
import History
import YAML

/// The keys for what is encrypted in the store.
extension ConfigurationReader {
    mutating func readEncryptionKeys(_ fields: NodeReader.Fields) {
        let current = fields["encryptionKey"].flatMap { encryptionKey($0, "encryptionKey") }
        var previous: [SealingKey] = []
        for item in reader.items(of: fields["previousKeys"], what: "keys") {
            if let key = encryptionKey(item, "a key") { previous.append(key) }
        }
        if let node = fields["previousKeys"], fields["encryptionKey"] == nil {
            reader.report(node.position, "previousKeys are given together with an encryptionKey")
        }
        configuration.encryptionKeys = EncryptionKeys(current, previous: previous)
    }

    private mutating func encryptionKey(_ node: Node, _ what: String) -> SealingKey? {
        guard let text = reader.string(node, what) else { return nil }
        guard let key = Bytes.read(hex: text).flatMap(SealingKey.init) else {
            reader.report(
                node.position,
                "\(what) must have \(2 * SealingKey.byteCount) hexadecimal digits; make one with: "
                    + "openssl rand -hex \(SealingKey.byteCount)")
            return nil
        }
        configuration.otherSecrets.append(text)
        return key
    }
}
