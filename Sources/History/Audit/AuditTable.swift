import Crypto
import SQLite

/// The columns of a record, and what its hash is made over.
enum AuditTable {
    /// All but the hash, in the order in which they are hashed.
    static let columns = [
        "number", "tenant_number", "time", "until", "count", "actor_kind", "actor",
        "actor_tenant", "address", "request_id", "action", "outcome", "status", "code",
        "tenant_id", "env_id", "object_kind", "object_id", "value_before", "value_after",
        "detail", "key_id", "previous_hash",
    ]
    static let list = (columns + ["hash"]).joined(separator: ", ")
    static let places = (columns + ["hash"]).map { _ in "?" }.joined(separator: ", ")

    /// Before the first record.
    static let root = [UInt8](repeating: 0, count: SHA256.byteCount)

    /// The bytes of a record, of which no two different ones have the same: each value with its
    /// type and its length, as it is stored.
    static func message(of values: [Value]) -> [UInt8] {
        var bytes = Array("swarmkeeper audit record 1\n".utf8)
        for value in values {
            switch value {
            case .null: append("n", [], to: &bytes)
            case .int(let number): append("i", big(number), to: &bytes)
            case .double(let number):
                append("d", big(Int64(bitPattern: number.bitPattern)), to: &bytes)
            case .text(let text): append("t", Array(text.utf8), to: &bytes)
            case .blob(let content): append("b", content, to: &bytes)
            }
        }
        return bytes
    }

    /// What the head is signed over.
    static func message(ofHead number: Int, _ hash: [UInt8]) -> [UInt8] {
        Array("swarmkeeper audit head 1\n".utf8) + big(Int64(number)) + hash
    }

    private static func append(
        _ type: Unicode.Scalar, _ content: [UInt8], to bytes: inout [UInt8]
    ) {
        bytes.append(UInt8(ascii: type))
        bytes += big(Int64(content.count))
        bytes += content
    }

    private static func big(_ number: Int64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
