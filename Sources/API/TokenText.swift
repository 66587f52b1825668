import ControlPlane
import Crypto

/// A stored token as its owner has it: `swk_`, the id without dashes, `_`, the secret, a checksum.
/// A refresh token is the same with `swr_` and the id of its session, and the secret of a share
/// link with `sws_` and the id of the link.
///
/// The beginning and the form tell scanners for secrets what they have found, and the checksum that
/// it is one indeed. All of it is one word to a double click.
struct TokenText: Equatable {
    static let prefix = "swk_"
    static let refreshPrefix = "swr_"
    static let sharePrefix = "sws_"
    /// 256 bits.
    static let secretLength = 43
    static let checksumLength = 6
    static let saltBytes = 16
    /// `swk_[0-9a-f]{32}_[0-9A-Za-z]{49}`
    static let length = prefix.utf8.count + idLength + 1 + secretLength + checksumLength
    private static let idLength = 32

    /// The id without dashes.
    let key: String
    private let prefix: String
    private let secret: String

    /// A new one with a new secret; nil when the machine has no randomness to give.
    init?(newFor id: TokenID) {
        self.init(newFor: Self.key(of: id), prefix: Self.prefix)
    }

    /// A new refresh token; nil when the machine has no randomness to give.
    init?(newFor id: SessionID) {
        self.init(newFor: id.text.filter { $0 != "-" }, prefix: Self.refreshPrefix)
    }

    /// A new secret of a share link; nil when the machine has no randomness to give.
    init?(newFor id: ShareID) {
        self.init(newFor: id.text.filter { $0 != "-" }, prefix: Self.sharePrefix)
    }

    private init?(newFor key: String, prefix: String) {
        guard let secret = SecureRandom.text(Self.secretLength) else { return nil }
        self.key = key
        self.prefix = prefix
        self.secret = secret
    }

    /// Nil for what no token looks like.
    init?(_ text: String, prefix: String = Self.prefix) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length, bytes.starts(with: prefix.utf8) else { return nil }
        let rest = bytes.dropFirst(prefix.utf8.count)
        let key = rest.prefix(Self.idLength)
        let tail = rest.dropFirst(Self.idLength)
        let secret = tail.dropFirst().prefix(Self.secretLength)
        guard tail.first == UInt8(ascii: "_"), key.allSatisfy(Self.isHexDigit),
            tail.dropFirst().allSatisfy(SecureRandom.alphabet.contains)
        else { return nil }
        self.key = String(decoding: key, as: UTF8.self)
        self.prefix = prefix
        self.secret = String(decoding: secret, as: UTF8.self)
        guard self.text == text else { return nil }
    }

    static func key(of id: TokenID) -> String { id.text.filter { $0 != "-" } }

    /// The id with its dashes, which a stored one has.
    var uuidText: String {
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(Array(key)[range])
        }
        return parts.joined(separator: "-")
    }

    var text: String {
        let body = "\(prefix)\(key)_\(secret)"
        return body + Self.checksum(of: body)
    }

    /// What is stored of it; nil when the machine has no randomness to give.
    func newProof() -> TokenProof? {
        guard let salt = SecureRandom.bytes(Self.saltBytes) else { return nil }
        return TokenProof(salt: salt, hash: hash(salt: salt).bytes)
    }

    /// Compares in a time that does not depend on where the two differ.
    func matches(_ proof: TokenProof) -> Bool {
        Bytes.areEqual(hash(salt: proof.salt).bytes, proof.hash)
    }

    /// One round of SHA-256: nobody tries out 256 random bits, so there is nothing to slow down,
    /// and every request pays for it. The slow functions are for what people think up.
    private func hash(salt: [UInt8]) -> Digest { Digest(of: salt + Array(secret.utf8)) }

    /// No secret and no protection: it only tells a token from what looks like one.
    private static func checksum(of body: String) -> String {
        let digest = Digest(of: Array(body.utf8))
        let characters = digest.bytes.prefix(checksumLength).map { byte in
            SecureRandom.alphabet[Int(byte) % SecureRandom.alphabet.count]
        }
        return String(decoding: characters, as: UTF8.self)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
