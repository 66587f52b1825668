/// What a start says of what is tested, such as `branch`, `commit` or `pipeline`, for baselines and
/// lists.
package enum RunLabels {
    package static let countMax = 16
    /// In code points: a branch with a long name fits.
    package static let valueLengthMax = 256
    package static let keyLengthMax = 63

    /// A small letter, then small letters, digits, `_`, `.` and `-`.
    package static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, isLetter(first), bytes.count <= keyLengthMax else {
            return false
        }
        return bytes.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "_.-".has($0) }
    }

    package static func isValue(_ text: String) -> Bool {
        (1...valueLengthMax).contains(text.unicodeScalars.count)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}

extension String {
    fileprivate func has(_ byte: UInt8) -> Bool { utf8.contains(byte) }
}

extension Run {
    package var labels: [String: String] { plan.labels ?? [:] }
}
