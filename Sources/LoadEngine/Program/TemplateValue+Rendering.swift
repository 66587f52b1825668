import Glibc

extension [UInt8] {
    /// Appends the value as it may stand in `context`.
    mutating func append(
        _ value: TemplateValue, in context: TemplateContext, for user: ScriptUser,
        of script: Script, using random: inout RandomSource
    ) {
        switch value {
        case .uuid: appendUUID(random.next(), random.next())
        case .timestamp: appendDecimal(UnixTime.milliseconds)
        case .randomInt(let min, let max):
            appendDecimal(Int64.random(in: min...max, using: &random))
        case .data(let table, let column):
            let row = table < user.rows.count ? user.rows[table] : 0
            append(script.tables[table].cell(row: row, column: column), in: context)
        case .variable(let index):
            guard index < user.variables.count else { return }
            append(user.variables[index][...], in: context)
        }
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>, in context: TemplateContext) {
        // Nearly all values may stand where they are, and are copied as a whole.
        let start = count
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
        switch context {
        case .body: break
        case .field:
            for index in start..<count
            where self[index] == 0 || self[index] == 10 || self[index] == 13 {
                self[index] = 0x20
            }
        case .target:
            guard !(start..<count).allSatisfy({ self[$0].mayStandInTarget }) else { return }
            removeLast(count - start)
            appendTarget(bytes)
        case .json:
            guard !(start..<count).allSatisfy({ self[$0].isPlainInJSON }) else { return }
            removeLast(count - start)
            appendJSONText(bytes)
        }
    }

    /// Writes a number, not negative, in decimal over the `digits` bytes from `place`, moving what
    /// follows if it needs another room.
    mutating func writeLength(_ length: Int, at place: Int, over digits: Int) {
        var (rest, count) = (length, 1)
        while rest >= 10 { (rest, count) = (rest / 10, count + 1) }
        if count != digits {
            replaceSubrange(
                place..<place + digits, with: repeatElement(UInt8(ascii: "0"), count: count))
        }
        rest = length
        for index in stride(from: place + count - 1, through: place, by: -1) {
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    mutating func appendDecimal(_ number: Int64) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "-"))
        var (rest, start) = (number.magnitude, 20)
        repeat {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 { start -= 1 }
        append(digits.span.extracting(start..<20))
    }

    /// Version 4 of RFC 9562 from 122 of the bits given.
    private mutating func appendUUID(_ high: UInt64, _ low: UInt64) {
        let high = high & ~0xF000 | 0x4000
        let low = low & ~(0b11 << 62) | 0b10 << 62
        var text = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
        text.writeHexadecimal(high >> 32, digits: 8, at: 0)
        text.writeHexadecimal(high >> 16, digits: 4, at: 9)
        text.writeHexadecimal(high, digits: 4, at: 14)
        text.writeHexadecimal(low >> 48, digits: 4, at: 19)
        text.writeHexadecimal(low, digits: 12, at: 24)
        append(text.span)
    }

    /// In one piece: byte by byte each would be asked whether there is room.
    private mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}

extension InlineArray<36, UInt8> {
    /// The lowest `digits` digits.
    fileprivate mutating func writeHexadecimal(_ number: UInt64, digits: Int, at place: Int) {
        var rest = number
        for index in stride(from: place + digits - 1, through: place, by: -1) {
            let digit = UInt8(truncatingIfNeeded: rest & 0xF)
            self[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit
            rest >>= 4
        }
    }
}

private enum UnixTime {
    static var milliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
