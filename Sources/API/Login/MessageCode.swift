import COpenSSL

/// HMAC with SHA-256 (RFC 2104), by OpenSSL.
enum MessageCode {
    static func of(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Digest.byteCount)
        var count: UInt32 = 0
        let result = HMAC(
            EVP_sha256(), key, Int32(key.count), message, message.count, &code, &count)
        precondition(
            result != nil && count == Digest.byteCount,
            "OpenSSL has HMAC with SHA-256 in every configuration")
        return code
    }

    /// Compares in a time that does not depend on where the two differ.
    static func isValid(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
        guard code.count == Digest.byteCount else { return false }
        return CRYPTO_memcmp(of(message, key: key), code, Digest.byteCount) == 0
    }
}
