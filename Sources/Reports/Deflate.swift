import CZlib

/// zlib's compressed format (RFC 1950).
enum Deflate {
    /// Nil only when there is no memory for it.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var count = compressBound(uLong(bytes.count))
        var compressed = [UInt8](repeating: 0, count: Int(count))
        let code = compress2(
            &compressed, &count, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION)
        return code == Z_OK ? Array(compressed.prefix(Int(count))) : nil
    }
}
