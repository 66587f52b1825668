import Foundation

/// Moments on the monotonic clock, kept in memory and written to a file at the end: a
/// little-endian 64-bit number of nanoseconds each.
struct TimeLog {
    /// Most moments kept, which is 64 MB: more than four minutes at 30,000 a second.
    static let countMax = 8_000_000

    private var times: [UInt64] = []

    init() { times.reserveCapacity(Self.countMax) }

    mutating func append(_ nanoseconds: Int64) {
        if times.count < Self.countMax { times.append(UInt64(nanoseconds).littleEndian) }
    }

    func write(to path: String) throws {
        try times.withUnsafeBytes { try Data($0).write(to: URL(filePath: path)) }
    }

    /// The moments in a file, in nanoseconds.
    static func read(from path: String) throws -> [Int64] {
        let data = try Data(contentsOf: URL(filePath: path))
        return data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map {
                Int64(
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
            }
        }
    }
}
