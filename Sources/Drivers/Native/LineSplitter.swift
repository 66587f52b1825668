/// Cuts a stream of bytes into lines.
package struct LineSplitter {
    private let bytesMax: Int
    private var rest: [UInt8] = []

    package init(bytesMax: Int = EngineProtocol.lineBytesMax) {
        self.bytesMax = bytesMax
    }

    /// The lines that `bytes` complete, without their ends; what follows them is kept.
    ///
    /// - Throws: when a line is longer than `bytesMax`; nothing that comes after it has a meaning.
    package mutating func lines(in bytes: ArraySlice<UInt8>) throws(WireFault) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var remaining = bytes
        while let end = remaining.firstIndex(of: UInt8(ascii: "\n")) {
            try append(remaining[..<end])
            lines.append(rest)
            rest = []
            remaining = remaining[(end + 1)...]
        }
        try append(remaining)
        return lines
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(WireFault) {
        guard rest.count + bytes.count <= bytesMax else {
            throw WireFault("a line is longer than \(bytesMax) bytes")
        }
        rest += bytes
    }
}
