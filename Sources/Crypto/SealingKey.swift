import COpenSSL

/// AES-256-GCM (NIST SP 800-38D) by OpenSSL, for values that must be had again.
package struct SealingKey: Equatable, Sendable {
    package static let byteCount = 32
    private static let nonceByteCount = 12
    private static let tagByteCount = 16

    /// Tells which key has sealed a value, and nothing of the key.
    package let id: String
    private let bytes: [UInt8]

    /// - Parameter bytes: `byteCount` random ones; nil for any other number of them.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
        id = KeyID.of(bytes, for: "sealing")
    }

    /// What only this key opens, and only where it was put.
    ///
    /// The nonce is random, which is safe for some 2^32 values of one key.
    /// - Parameter place: such as the name of a row, so that it cannot be exchanged for another.
    package func seal(_ content: [UInt8], for place: String) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: Self.nonceByteCount)
        precondition(RAND_bytes(&nonce, Int32(nonce.count)) == 1, "OpenSSL has random bytes")
        var tag = [UInt8](repeating: 0, count: Self.tagByteCount)
        let sealed = transform(content, nonce, for: place, encrypts: true) { context in
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        }
        guard let sealed else { preconditionFailure("AES-256-GCM encrypts whatever it is given") }
        return nonce + sealed + tag
    }

    /// Nil for what another key has sealed, for another place, or what was changed since.
    package func open(_ sealed: [UInt8], for place: String) -> [UInt8]? {
        let overhead = Self.nonceByteCount + Self.tagByteCount
        guard sealed.count >= overhead else { return nil }
        let nonce = Array(sealed.prefix(Self.nonceByteCount))
        var tag = Array(sealed.suffix(Self.tagByteCount))
        let content = Array(sealed.dropFirst(nonce.count).dropLast(tag.count))
        return transform(content, nonce, for: place, encrypts: false) { context in
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
        }
    }

    /// - Parameter tag: takes the tag after an encryption, gives it before the end of a decryption.
    private func transform(
        _ input: [UInt8], _ nonce: [UInt8], for place: String, encrypts: Bool,
        tag: (OpaquePointer) -> Bool
    ) -> [UInt8]? {
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        defer { EVP_CIPHER_CTX_free(context) }
        let bound = Array(place.utf8)
        var output = [UInt8](repeating: 0, count: input.count + Self.byteCount)
        var (count, rest): (Int32, Int32) = (0, 0)
        guard
            EVP_CipherInit_ex(
                context, EVP_aes_256_gcm(), nil, bytes, nonce, encrypts ? 1 : 0) == 1,
            bound.isEmpty
                || EVP_CipherUpdate(context, nil, &rest, bound, Int32(bound.count)) == 1,
            EVP_CipherUpdate(context, &output, &count, input, Int32(input.count)) == 1,
            encrypts || tag(context),
            output.withUnsafeMutableBufferPointer({ buffer in
                EVP_CipherFinal_ex(
                    context, buffer.baseAddress?.advanced(by: Int(count)), &rest) == 1
            }),
            !encrypts || tag(context)
        else { return nil }
        return Array(output.prefix(Int(count + rest)))
    }
}
