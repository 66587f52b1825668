/// How many columns of a terminal a text takes.
enum DisplayWidth {
    /// Blocks whose characters are two columns wide: East Asian scripts, full-width forms, and
    /// pictures (Unicode Standard Annex 11, the widths W and F).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x2E80...0x303E, 0x3041...0x33FF,
        0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]

    static func of(_ text: String) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    /// A character is as wide as its widest part: marks that combine with a letter add nothing.
    private static func of(_ character: Character) -> Int {
        if character.isASCII { return 1 }
        return character.unicodeScalars.map(of).max() ?? 0
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The longest beginning of `text` that takes at most `columns`.
    static func prefix(_ text: String, columns: Int) -> String {
        var room = columns
        return String(
            text.prefix { character in
                room -= of(character)
                return room >= 0
            })
    }

    /// `text` in exactly `columns`, with an ellipsis where it is cut.
    static func fitted(_ text: String, columns: Int) -> String {
        let width = of(text)
        if width <= columns { return text + String(repeating: " ", count: columns - width) }
        guard columns > 0 else { return "" }
        return fitted(prefix(text, columns: columns - 1) + "…", columns: columns)
    }

    /// `text` at the right end of at least `columns`.
    static func rightAligned(_ text: String, columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - of(text))) + text
    }

    /// `text` without what would move the cursor or change the terminal: what a target answers is
    /// shown, never obeyed.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: " "
                    // Marks of direction would turn the rest of the line around.
                    case .format: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
