import COpenSSL

/// SHA-256 and HMAC-SHA-256 (RFC 2104) by OpenSSL.
package enum SHA256 {
    package static let byteCount = 32

    package static func hash(of message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        var count: UInt32 = 0
        let status = EVP_Digest(message, message.count, &digest, &count, EVP_sha256(), nil)
        precondition(
            status == 1 && count == byteCount, "OpenSSL has SHA-256 in every configuration")
        return digest
    }

    /// What only a holder of `key` can make of the message.
    package static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: byteCount)
        var count: UInt32 = 0
        let result = HMAC(
            EVP_sha256(), key, Int32(key.count), message, message.count, &code, &count)
        precondition(
            result != nil && count == byteCount, "OpenSSL has HMAC in every configuration")
        return code
    }

    /// Whether `code` is that of the message; in a time that does not depend on where it differs.
    package static func isValid(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
        Bytes.areEqual(Self.code(of: message, key: key), code)
    }
}
