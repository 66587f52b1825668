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
        switch context {
        case .body: append(contentsOf: bytes)
        case .field:
            for byte in bytes { append(byte == 0 || byte == 10 || byte == 13 ? 0x20 : byte) }
        case .target: appendTarget(bytes)
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
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var (rest, count) = (number.magnitude, 0)
        repeat {
            digits[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        if number < 0 { append(UInt8(ascii: "-")) }
        for index in stride(from: count - 1, through: 0, by: -1) { append(digits[index]) }
    }

    /// Version 4 of RFC 9562 from 122 of the bits given.
    private mutating func appendUUID(_ high: UInt64, _ low: UInt64) {
        let high = high & ~0xF000 | 0x4000
        let low = low & ~(0b11 << 62) | 0b10 << 62
        appendHexadecimal(high >> 32, digits: 8)
        append(UInt8(ascii: "-"))
        appendHexadecimal(high >> 16, digits: 4)
        append(UInt8(ascii: "-"))
        appendHexadecimal(high, digits: 4)
        append(UInt8(ascii: "-"))
        appendHexadecimal(low >> 48, digits: 4)
        append(UInt8(ascii: "-"))
        appendHexadecimal(low, digits: 12)
    }

    /// The lowest `digits` digits.
    private mutating func appendHexadecimal(_ number: UInt64, digits: Int) {
        for index in stride(from: digits - 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(index * 4)) & 0xF
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
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
