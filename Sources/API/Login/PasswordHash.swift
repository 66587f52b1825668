import COpenSSL

/// What is kept of a password: scrypt (RFC 7914) by OpenSSL, with its parameters and its salt.
///
/// Written as `scrypt$15$8$3$SALT$HASH`, so that stronger parameters can come later: what is stored
/// says itself how it is to be checked.
struct PasswordHash: Equatable, Sendable {
    struct Cost: Equatable, Sendable {
        /// The binary logarithm of N.
        let exponent: Int
        let blockSize: Int
        let parallelism: Int

        /// 32 MiB and some tenths of a second of a core: one of the settings that OWASP holds for
        /// equal, and not the one with 128 MiB, because the service measures load meanwhile.
        static let usual = Cost(exponent: 15, blockSize: 8, parallelism: 3)

        /// RFC 7914, section 2, and what OpenSSL takes besides.
        var memoryBytes: Int { 128 * blockSize * ((1 << exponent) + parallelism + 2) }
    }

    static let saltBytes = 16
    static let hashBytes = 32
    /// More than any stored parameters need: a store that somebody has changed takes no more.
    private static let memoryBytesMax = 256 << 20

    let cost: Cost
    let salt: [UInt8]
    let hash: [UInt8]

    /// Nil when the machine has no randomness or no memory to give.
    init?(of password: String, cost: Cost = .usual) {
        guard let salt = SecureRandom.bytes(Self.saltBytes),
            let hash = Self.derive(password, salt, cost)
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Nil for what `text` does not write.
    init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let exponent = Int(parts[1]),
            let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
            (1...24).contains(exponent), (1...64).contains(blockSize),
            (1...64).contains(parallelism), let salt = Base64URL.decode(parts[4].utf8),
            let hash = Base64URL.decode(parts[5].utf8), hash.count == Self.hashBytes
        else { return nil }
        cost = Cost(exponent: exponent, blockSize: blockSize, parallelism: parallelism)
        self.salt = salt
        self.hash = hash
    }

    var text: String {
        "scrypt$\(cost.exponent)$\(cost.blockSize)$\(cost.parallelism)$"
            + Base64URL.encode(salt) + "$" + Base64URL.encode(hash)
    }

    /// Takes as long for a wrong password as for the right one.
    func matches(_ password: String) -> Bool {
        guard let other = Self.derive(password, salt, cost) else { return false }
        return CRYPTO_memcmp(other, hash, Self.hashBytes) == 0
    }

    /// For a name that nobody has: takes the work of a check and fits no password.
    static func nobody(_ cost: Cost) -> PasswordHash {
        PasswordHash(
            cost: cost, salt: [UInt8](repeating: 0, count: saltBytes),
            hash: [UInt8](repeating: 0, count: hashBytes))
    }

    private init(cost: Cost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) -> [UInt8]? {
        let bytes = Array(password.utf8)
        var hash = [UInt8](repeating: 0, count: hashBytes)
        guard cost.memoryBytes <= memoryBytesMax else { return nil }
        let status = bytes.withUnsafeBytes { bytes in
            EVP_PBE_scrypt(
                bytes.baseAddress, bytes.count, salt, salt.count, 1 << UInt64(cost.exponent),
                UInt64(cost.blockSize), UInt64(cost.parallelism), UInt64(memoryBytesMax), &hash,
                hash.count)
        }
        return status == 1 ? hash : nil
    }
}
