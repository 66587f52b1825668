import JSON

/// The public keys of an identity provider by their ids: a JWK Set (RFC 7517, section 5).
package struct KeySet: Equatable, Sendable {
    /// Largest file: providers have a few keys, with their certificates some kilobytes each.
    package static let bytesMax = 1 << 20
    static let countMax = 100

    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let description: String

        init(_ description: String) { self.description = description }
    }

    let keys: [String: PublicKey]

    init(_ keys: [String: PublicKey]) { self.keys = keys }

    /// Keys for other purposes and of other kinds are left out, as RFC 7517 asks for; those that
    /// should be usable and are not are mistakes.
    package init(_ bytes: [UInt8]) throws(Failure) {
        let value: JSONValue
        do throws(JSONReader.Failure) {
            value = try JSONReader.document(bytes)
        } catch {
            throw Failure("is no JSON: expected \(error.expected) at byte \(error.offset)")
        }
        guard let items = value["keys"]?.items else { throw Failure("has no list of keys") }
        guard items.count <= Self.countMax else {
            throw Failure("has more than \(Self.countMax) keys")
        }
        var keys: [String: PublicKey] = [:]
        for (index, item) in items.enumerated() {
            let place = "key \(index + 1)"
            guard let key = try Self.key(item, place) else { continue }
            guard let id = item["kid"]?.text, !id.isEmpty else {
                throw Failure("\(place) has no kid")
            }
            guard keys.updateValue(key, forKey: id) == nil else {
                throw Failure("\(place) has the kid of another")
            }
        }
        guard !keys.isEmpty else {
            throw Failure("has no key for RS256 or ES256 signatures")
        }
        self.keys = keys
    }

    /// Nil for a key of another kind or for another purpose.
    private static func key(_ value: JSONValue, _ place: String) throws(Failure) -> PublicKey? {
        guard value["use"] == nil || value["use"]?.text == "sig" else { return nil }
        if let operations = value["key_ops"], operations.items?.contains(.string("verify")) != true
        {
            return nil
        }
        let key: PublicKey
        switch (value["kty"]?.text, value["crv"]?.text) {
        case ("RSA", _): key = try rsa(value, place)
        case ("EC", "P-256"): key = try p256(value, place)
        default: return nil
        }
        if let name = value["alg"], name.text != key.algorithm.rawValue { return nil }
        if value["d"] != nil {
            throw Failure("\(place) is a private key, which nobody but the provider may have")
        }
        guard key.isUsable else { throw Failure("\(place) is no valid public key") }
        return key
    }

    private static func rsa(_ value: JSONValue, _ place: String) throws(Failure) -> PublicKey {
        let modulus = try bytes("n", of: value, place)
        let exponent = try bytes("e", of: value, place)
        guard let first = modulus.first, first != 0, let last = exponent.last else {
            throw Failure("\(place): n and e must be numbers without leading zeros")
        }
        let bits = modulus.count * 8 - first.leadingZeroBitCount
        guard (PublicKey.modulusBitsMin...PublicKey.modulusBitsMax).contains(bits) else {
            throw Failure(
                "\(place) has \(bits) bits; RSA keys must have \(PublicKey.modulusBitsMin) to "
                    + "\(PublicKey.modulusBitsMax)")
        }
        // A large exponent makes each check as slow as a signature; 1 makes it no check at all.
        guard exponent.count <= 4, last % 2 == 1, exponent != [1] else {
            throw Failure("\(place): e must be an odd number from 3 to 2^32, such as AQAB")
        }
        return .rsa(modulus: modulus, exponent: exponent)
    }

    private static func p256(_ value: JSONValue, _ place: String) throws(Failure) -> PublicKey {
        let (x, y) = (try bytes("x", of: value, place), try bytes("y", of: value, place))
        guard x.count == PublicKey.coordinateBytes, y.count == PublicKey.coordinateBytes else {
            throw Failure("\(place): x and y must have \(PublicKey.coordinateBytes) bytes")
        }
        return .p256(x: x, y: y)
    }

    private static func bytes(_ name: String, of value: JSONValue, _ place: String)
        throws(Failure) -> [UInt8]
    {
        guard let text = value[name]?.text, let bytes = Base64URL.decode(text.utf8) else {
            throw Failure("\(place): \(name) must be base64url without padding")
        }
        return bytes
    }
}
