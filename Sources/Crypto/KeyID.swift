/// A name for a key that tells nothing of it: beginning of a digest, for what was made with the key
/// to say which one that was.
package enum KeyID {
    package static func of(_ key: [UInt8], for purpose: String) -> String {
        Bytes.hex(SHA256.hash(of: Array("swarmkeeper key id\n\(purpose)\n".utf8) + key).prefix(8))
    }
}
