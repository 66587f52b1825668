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

    /// Reads what `hex` has written; nil for anything else.
    init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == Self.byteCount * 2 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    /// Compares in a time that does not depend on where the two differ.
    func equalsInConstantTime(_ other: Digest) -> Bool {
        CRYPTO_memcmp(bytes, other.bytes, Self.byteCount) == 0
    }

    var hex: String { Self.hex(bytes) }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
