/// Replaces secrets in texts, as a value.
struct Redaction: Sendable {
    static let mask = Array("***".utf8)
    static let ellipsis = Array("…".utf8)

    private let secrets: [[UInt8]]
    /// Whether a secret starts with the byte that is the index: most bytes need no closer look.
    private let starts: [Bool]

    init(secrets: [String]) {
        let wanted = secrets.map { Array($0.utf8) }
            .filter { $0.count >= SecretRegistry.secretBytesMin }
        var starts = [Bool](repeating: false, count: 256)
        for secret in wanted { starts[Int(secret[0])] = true }
        self.secrets = wanted
        self.starts = starts
    }

    /// The UTF-8 of `text` with `***` for every secret, cut behind `bytesMax` bytes.
    ///
    /// Masks while it cuts: a cut made first could leave half a secret that nothing recognizes.
    /// Secrets that overlap are masked together.
    func apply(to text: String, bytesMax: Int) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(min(bytes.count, bytesMax))
        var maskedEnd = 0
        for index in bytes.indices {
            let isMasking = index < maskedEnd
            maskedEnd = max(maskedEnd, secretEnd(in: bytes, at: index))
            if index >= maskedEnd {
                result.append(bytes[index])
            } else if !isMasking {
                result += Self.mask
            }
            if result.count > bytesMax { return Self.cut(result, bytesMax: bytesMax) }
        }
        return result
    }

    /// Whether `text` holds a secret.
    func finds(in text: String) -> Bool {
        guard !secrets.isEmpty, text.utf8.count >= SecretRegistry.secretBytesMin else {
            return false
        }
        let bytes = Array(text.utf8)
        return bytes.indices.contains { secretEnd(in: bytes, at: $0) > 0 }
    }

    /// The end of the longest secret that starts at `index`; 0 when none does.
    private func secretEnd(in bytes: [UInt8], at index: Int) -> Int {
        guard starts[Int(bytes[index])] else { return 0 }
        var end = 0
        for secret in secrets where bytes[index...].starts(with: secret) {
            end = max(end, index + secret.count)
        }
        return end
    }

    /// Cuts between characters, because half of one is no valid UTF-8.
    private static func cut(_ bytes: [UInt8], bytesMax: Int) -> [UInt8] {
        var end = bytesMax
        while end > 0, bytes[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
        return bytes[..<end] + ellipsis
    }
}
