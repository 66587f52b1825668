import Crypto

/// The keys that sign records, so that whoever can write the file cannot make the hashes anew.
package struct AuditKeys: Equatable, Sendable {
    /// Shorter ones could be guessed; 32 characters of `openssl rand -hex 32` are 128 bits.
    package static let keyBytesMin = 32

    struct Key: Equatable, Sendable {
        let id: String
        let bytes: [UInt8]

        init(_ text: String) {
            bytes = Array(text.utf8)
            id = KeyID.of(bytes, for: "audit")
        }
    }

    /// Signs from now on; nil signs nothing.
    let current: Key?
    private let all: [Key]

    /// - Parameters:
    ///   - current: at least `keyBytesMin` bytes of UTF-8.
    ///   - previous: with which older records were signed, to verify those.
    package init(_ current: String? = nil, previous: [String] = []) {
        self.current = current.map(Key.init)
        all = (current.map { [$0] } ?? []).map(Key.init) + previous.map(Key.init)
    }

    /// With what the last record may be noted.
    var allAndNone: [Key?] { current == nil ? all + [nil] : all }

    func key(_ id: String) -> Key? { all.first { $0.id == id } }

    /// The hash over a message: anybody's without a key, else only that of the key's holder.
    static func hash(_ message: [UInt8], _ key: Key?) -> [UInt8] {
        key.map { SHA256.code(of: message, key: $0.bytes) } ?? SHA256.hash(of: message)
    }
}
