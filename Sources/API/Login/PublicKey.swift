import COpenSSL

/// A public key that an identity provider signs with, as a value. OpenSSL's own form is made anew
/// for each check, which takes some 50 µs: so there is nothing that threads would share.
package enum PublicKey: Hashable, Sendable {
    /// Big-endian numbers without leading zeros.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// The coordinates of a point of P-256, 32 bytes each.
    case p256(x: [UInt8], y: [UInt8])

    /// Shorter ones are broken in time; RFC 7518, section 3.3, does not allow them.
    static let modulusBitsMin = 2048
    /// A check takes with the square of the size, and strangers can ask for one.
    static let modulusBitsMax = 8192
    static let coordinateBytes = 32

    var algorithm: JSONWebToken.Algorithm {
        switch self {
        case .rsa: .rs256
        case .p256: .es256
        }
    }

    /// Whether OpenSSL takes it: of a point, that it is one of the curve.
    var isUsable: Bool {
        withKey { key in
            guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return false }
            defer { EVP_PKEY_CTX_free(context) }
            return EVP_PKEY_public_check(context) == 1
        }
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let signature = encoded(signature) else { return false }
        return withKey { key in
            guard let context = EVP_MD_CTX_new() else { return false }
            defer { EVP_MD_CTX_free(context) }
            // For RSA the padding is by default that of PKCS #1 version 1.5, which RS256 means.
            guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else {
                return false
            }
            return EVP_DigestVerify(context, signature, signature.count, message, message.count)
                == 1
        }
    }

    /// The signature in the form that OpenSSL reads.
    private func encoded(_ signature: [UInt8]) -> [UInt8]? {
        switch self {
        case .rsa(let modulus, _):
            return signature.count == modulus.count ? signature : nil
        case .p256:
            // RFC 7518, section 3.4: the two numbers one behind the other, each of full length.
            guard signature.count == 2 * Self.coordinateBytes else { return nil }
            return Self.derSignature(
                Array(signature.prefix(Self.coordinateBytes)),
                Array(signature.suffix(Self.coordinateBytes)))
        }
    }

    private static func derSignature(_ r: [UInt8], _ s: [UInt8]) -> [UInt8]? {
        guard let value = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(value) }
        let first = BN_bin2bn(r, Int32(r.count), nil)
        let second = BN_bin2bn(s, Int32(s.count), nil)
        // From here on the two belong to `value`.
        guard ECDSA_SIG_set0(value, first, second) == 1 else {
            BN_free(first)
            BN_free(second)
            return nil
        }
        let count = i2d_ECDSA_SIG(value, nil)
        guard count > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, written in
            var next = buffer.baseAddress
            written = max(0, Int(i2d_ECDSA_SIG(value, &next)))
        }
    }

    /// False where OpenSSL does not take the key. What it says of that stays in its queue of
    /// errors, which others read only after a failure of their own: hence it is emptied.
    private func withKey(_ work: (OpaquePointer) -> Bool) -> Bool {
        defer { ERR_clear_error() }
        guard let builder = OSSL_PARAM_BLD_new() else { return false }
        defer { OSSL_PARAM_BLD_free(builder) }
        switch self {
        case .rsa(let modulus, let exponent):
            let n = BN_bin2bn(modulus, Int32(modulus.count), nil)
            let e = BN_bin2bn(exponent, Int32(exponent.count), nil)
            defer {
                BN_free(n)
                BN_free(e)
            }
            guard OSSL_PARAM_BLD_push_BN(builder, Self.lasting("n"), n) == 1,
                OSSL_PARAM_BLD_push_BN(builder, Self.lasting("e"), e) == 1
            else { return false }
            return Self.withKey("RSA", builder, work)
        case .p256(let x, let y):
            // An uncompressed point: SEC 1, section 2.3.3.
            let point = [0x04] + x + y
            guard
                OSSL_PARAM_BLD_push_utf8_string(
                    builder, Self.lasting("group"), Self.lasting("prime256v1"), 0) == 1
            else { return false }
            return point.withUnsafeBytes { bytes in
                guard
                    OSSL_PARAM_BLD_push_octet_string(
                        builder, Self.lasting("pub"), bytes.baseAddress, bytes.count) == 1
                else { return false }
                // The builder does not copy what it is given before it makes its parameters.
                return Self.withKey("EC", builder, work)
            }
        }
    }

    /// A C string that outlives the call: parameters keep the addresses of their names.
    private static func lasting(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    private static func withKey(
        _ type: String, _ builder: OpaquePointer, _ work: (OpaquePointer) -> Bool
    ) -> Bool {
        guard let parameters = OSSL_PARAM_BLD_to_param(builder) else { return false }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(
                context, &key, swarmkeeper_evp_pkey_public_key(), parameters) == 1, let key
        else { return false }
        defer { EVP_PKEY_free(key) }
        return work(key)
    }
}
