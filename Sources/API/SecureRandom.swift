import COpenSSL

/// Random numbers that nobody can foresee, by OpenSSL.
enum SecureRandom {
    static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Nil when the machine has no randomness to give.
    static func bytes(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return RAND_bytes(&bytes, Int32(count)) == 1 ? bytes : nil
    }

    /// Letters and digits, all equally likely: 5.95 bits each.
    static func text(_ count: Int) -> String? {
        // The largest multiple of 62 in a byte; what is above would make some of them likelier.
        let limit = UInt8(256 / alphabet.count * alphabet.count)
        var text: [UInt8] = []
        while text.count < count {
            guard let bytes = bytes(count) else { return nil }
            text += bytes.filter { $0 < limit }.map { alphabet[Int($0) % alphabet.count] }
        }
        return String(decoding: text.prefix(count), as: UTF8.self)
    }
}
