import Crypto

/// A SHA-256 digest, as tokens and requests are known by.
struct Digest: Hashable, Sendable {
    let bytes: [UInt8]

    init(of message: [UInt8]) {
        bytes = SHA256.hash(of: message)
    }

    /// Reads what `hex` has written; nil for anything else.
    init?(hex: String) {
        guard let bytes = Bytes.read(hex: hex), bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Compares in a time that does not depend on where the two differ.
    func equalsInConstantTime(_ other: Digest) -> Bool { Bytes.areEqual(bytes, other.bytes) }

    var hex: String { Bytes.hex(bytes) }
}
