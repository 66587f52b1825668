import COpenSSL

/// SHA-256 by OpenSSL.
struct Digest: Hashable, Sendable {
    static let byteCount = 32

    let bytes: [UInt8]

    init(of message: [UInt8]) {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        var count: UInt32 = 0
        let status = EVP_Digest(message, message.count, &digest, &count, EVP_sha256(), nil)
        precondition(
            status == 1 && count == Self.byteCount, "OpenSSL has SHA-256 in every configuration")
        bytes = digest
    }

    /// Compares in a time that does not depend on where the two differ.
    func equalsInConstantTime(_ other: Digest) -> Bool {
        CRYPTO_memcmp(bytes, other.bytes, Self.byteCount) == 0
    }

    var hex: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
