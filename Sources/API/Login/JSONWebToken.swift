import JSON

/// A JSON Web Token (RFC 7519) in the compact form of a signed one (RFC 7515), taken apart. Nothing
/// in it is true until its signature has been checked.
struct JSONWebToken: Sendable {
    /// Longest text that is looked at: groups of an identity provider make some kilobytes, and the
    /// head of a request has no more than 16.
    static let bytesMax = 8192

    /// What signs it. `none`, and everything else that there is, is refused by not being here.
    enum Algorithm: String, Sendable {
        case hs256 = "HS256"
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    let algorithm: Algorithm
    /// Which of its issuer's keys has signed it (`kid`).
    let keyID: String
    let claims: JSONWebClaims
    /// The bytes that were signed: head and claims as they are written in the token.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// Nil for what is no such token. Names that occur twice are refused, because readers do not
    /// agree on which of them counts, and so is every extension that must be understood (`crit`).
    init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        let parts = Array(text.utf8).split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]),
            let claims = Self.object(parts[1]).flatMap(JSONWebClaims.init),
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty
        else { return nil }
        guard let algorithm = header["alg"]?.text.flatMap(Algorithm.init(rawValue:)),
            let keyID = header["kid"]?.text, (1...200).contains(keyID.utf8.count),
            header["crit"] == nil, header["b64"] == nil, Self.isType(header["typ"])
        else { return nil }
        self.algorithm = algorithm
        self.keyID = keyID
        self.claims = claims
        self.signature = signature
        signedBytes = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }

    private static func object(_ text: ArraySlice<UInt8>) -> [String: JSONValue]? {
        guard let bytes = Base64URL.decode(text) else { return nil }
        // Whatever is wrong with it, it is no token.
        return (try? JSONReader.document(bytes))?.members
    }

    /// The types of tokens that let somebody in: those of other purposes (RFC 8725, section 3.11)
    /// have types of their own, save identity tokens, which the audience tells apart.
    private static func isType(_ value: JSONValue?) -> Bool {
        guard let value else { return true }
        return ["jwt", "at+jwt", "application/at+jwt"].contains(value.text?.lowercased() ?? "")
    }
}

/// What a token says, as far as it is looked at.
struct JSONWebClaims: Sendable {
    /// Seconds since 1970 that are taken for a time: the years until 9999.
    private static let timesMax = 253_402_300_799.0

    let issuer: String
    let subject: String
    let audiences: [String]
    let expiresAt: Double
    let notBefore: Double?
    let issuedAt: Double?
    let all: [String: JSONValue]

    /// Nil where one of `iss`, `sub`, `aud` and `exp` is missing, or anything has another type than
    /// it should: a claim that is misread is one that is not checked.
    init?(_ all: [String: JSONValue]) {
        guard let issuer = all["iss"]?.text, let subject = all["sub"]?.text, !subject.isEmpty,
            let audiences = Self.audiences(all["aud"]), let expiresAt = Self.time(all["exp"]),
            let notBefore = Self.optionalTime(all["nbf"]),
            let issuedAt = Self.optionalTime(all["iat"])
        else { return nil }
        self.issuer = issuer
        self.subject = subject
        self.audiences = audiences
        self.expiresAt = expiresAt
        self.notBefore = notBefore.value
        self.issuedAt = issuedAt.value
        self.all = all
    }

    /// The claim with this name, or where there is none, what a path such as `realm_access.roles`
    /// leads to: names that are URLs have dots, too.
    subscript(name: String) -> JSONValue? {
        if let value = all[name] { return value }
        return name.split(separator: ".").reduce(JSONValue.object(all) as JSONValue?) {
            $0?[String($1)]
        }
    }

    /// - Parameter skew: seconds by which the clocks of issuer and service may differ.
    func isCurrent(at now: Double, skew: Double) -> Bool {
        guard now < expiresAt + skew else { return false }
        return [notBefore, issuedAt].allSatisfy { ($0 ?? -.infinity) <= now + skew }
    }

    private static func audiences(_ value: JSONValue?) -> [String]? {
        if let text = value?.text { return [text] }
        guard let items = value?.items else { return nil }
        let texts = items.compactMap(\.text)
        return texts.count == items.count ? texts : nil
    }

    private static func time(_ value: JSONValue?) -> Double? {
        guard let number = value?.number, (0...timesMax).contains(number) else { return nil }
        return number
    }

    /// Nil for something else than a time; a value of nil where there is nothing.
    private static func optionalTime(_ value: JSONValue?) -> (value: Double?, Void)? {
        guard let value else { return (nil, ()) }
        return time(value).map { ($0, ()) }
    }
}
