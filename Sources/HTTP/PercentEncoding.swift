/// Percent-encoded text of targets and forms (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// The text that `range` stands for. NUL is refused, since C reads it as an end, and so is
    /// what is no UTF-8.
    static func decode(
        _ range: Range<Int>, in bytes: Span<UInt8>, plusIsSpace: Bool
    ) throws(MessageError) -> String {
        var isPlain = true
        for index in range where bytes[index] == ASCII.percent || bytes[index] == ASCII.plus {
            isPlain = false
        }
        if isPlain { return bytes.text(in: range) }

        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            var byte = bytes[index]
            if byte == ASCII.percent {
                guard index + 2 < range.upperBound, let high = ASCII.hexValue(bytes[index + 1]),
                    let low = ASCII.hexValue(bytes[index + 2])
                else { throw .invalidPercentEncoding }
                byte = high << 4 | low
                guard byte != 0 else { throw .invalidPercentEncoding }
                index += 2
            } else if byte == ASCII.plus, plusIsSpace {
                byte = ASCII.space
            }
            decoded.append(byte)
            index += 1
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw .invalidPercentEncoding
        }
        return text
    }
}
