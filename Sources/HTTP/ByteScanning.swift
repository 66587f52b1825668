import Glibc

extension Span<UInt8> {
    /// The first place of `byte` at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard start < count else { return nil }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// The first place of `byte` within `range`.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        guard let index = firstIndex(of: byte, from: range.lowerBound), index < range.upperBound
        else { return nil }
        return index
    }

    /// The first byte of `range` that is not `allowed`.
    func firstByte(in range: Range<Int>, unless allowed: (UInt8) -> Bool) -> UInt8? {
        for index in range {
            let byte = self[index]
            if !allowed(byte) { return byte }
        }
        return nil
    }

    /// `range` without the spaces and tabs at its ends.
    func trimmingWhitespace(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, ASCII.isWhitespace(self[start]) { start += 1 }
        while end > start, ASCII.isWhitespace(self[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether `range` spells `text`, which is in lower case, in any case.
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let expected = text.utf8Start
        for offset in 0..<range.count
        where ASCII.lowercased(self[range.lowerBound + offset]) != expected[offset] {
            return false
        }
        return true
    }

    /// `range` as text; what is no UTF-8 is replaced.
    func text(in range: Range<Int>) -> String {
        extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(in range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBytes { Array($0) }
    }
}
