import Glibc

extension Span<UInt8> {
    /// The first place of `byte` at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        start < count ? firstIndex(of: byte, in: start..<count) : nil
    }

    /// The first place of `byte` within `range`, looking at nothing else.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "a range of these bytes")
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let found = memchr(base + range.lowerBound, Int32(byte), range.count)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// The first byte of `range` that is not `allowed`.
    func firstByte(in range: Range<Int>, unless allowed: (UInt8) -> Bool) -> UInt8? {
        for index in range {
            let byte = self[index]
            if !allowed(byte) { return byte }
        }
        return nil
    }

    /// Eight bytes from `start` on, the first in the lowest place: to be compared at once.
    ///
    /// - Precondition: they all lie within these bytes.
    func word(at start: Int) -> UInt64 {
        precondition(start >= 0 && start <= count - 8, "a word of these bytes")
        return withUnsafeBytes { $0.word(at: start) }
    }

    /// `range` without the spaces and tabs at its ends.
    func trimmingWhitespace(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, ASCII.isWhitespace(self[start]) { start += 1 }
        while end > start, ASCII.isWhitespace(self[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether `range` spells `text`, which is in lower case, in any case. Eight bytes at a time:
    /// every head has names of that length, and byte for byte they cost half of reading it.
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        let expected = UnsafeRawBufferPointer(start: text.utf8Start, count: range.count)
        var offset = 0
        while offset + 8 <= range.count {
            guard word(at: range.lowerBound + offset).spells(expected.word(at: offset)) else {
                return false
            }
            offset += 8
        }
        // The rest, and some of what was compared already.
        guard range.count < 8 else {
            let last = range.count - 8
            return word(at: range.lowerBound + last).spells(expected.word(at: last))
        }
        for offset in 0..<range.count
        where ASCII.lowercased(self[range.lowerBound + offset]) != expected[offset] {
            return false
        }
        return true
    }

    /// Calls `body` with each element of the comma-separated list in `value`, without white space
    /// and without the empty ones.
    func forEachElement<Failure: Error>(
        of value: Range<Int>, _ body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = value.lowerBound
        while start <= value.upperBound {
            let end =
                firstIndex(of: ASCII.comma, in: start..<value.upperBound) ?? value.upperBound
            let element = trimmingWhitespace(start..<end)
            if !element.isEmpty { try body(element) }
            start = end + 1
        }
    }

    /// The number of bytes that `value`, of a Content-Length field, says.
    func length(in value: Range<Int>) throws(MessageError) -> Int {
        guard !value.isEmpty, firstByte(in: value, unless: ASCII.isDigit) == nil else {
            throw .invalidContentLength
        }
        var length = 0
        for index in value {
            let (product, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(self[index] &- ASCII.zero))
            // A number all the same, only one that nobody will accept.
            guard !overflow, !carry else { throw .bodyTooLarge }
            length = sum
        }
        return length
    }

    /// The same, where it is nothing but digits, and so few that no number is too large; nil for
    /// everything else, which `length(in:)` judges.
    func shortLength(in value: Range<Int>) -> Int? {
        guard !value.isEmpty, value.count <= 18 else { return nil }
        var length = 0
        for index in value {
            let digit = self[index] &- ASCII.zero
            guard digit < 10 else { return nil }
            length = length &* 10 &+ Int(digit)
        }
        return length
    }

    /// `range` as text; what is no UTF-8 is replaced.
    func text(in range: Range<Int>) -> String {
        extracting(range).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    func bytes(in range: Range<Int>) -> [UInt8] {
        extracting(range).withUnsafeBytes { Array($0) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func word(at start: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
}

extension UInt64 {
    /// Whether eight bytes are those of `text`, in any case. Of what a text in lower case may hold,
    /// only letters have the bit above the one by which capitals differ.
    fileprivate func spells(_ text: UInt64) -> Bool {
        (self ^ text) & ~((text >> 1) & ASCII.caseBits) == 0
    }
}
