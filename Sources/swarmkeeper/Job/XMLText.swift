/// Any text within XML 1.0, which has no way at all to say some characters.
enum XMLText {
    private static let replacements: [Unicode.Scalar: String] = [
        // `>` also in `]]>`, which must not stand in content.
        "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;",
        // Section 2.2; what else it leaves out is a control character or no scalar.
        "\u{FFFE}": "\u{FFFD}", "\u{FFFF}": "\u{FFFD}",
    ]

    /// Of content and of attributes: in one line, with entities for what would end it, and the
    /// replacement character for what XML cannot say.
    static func of(_ text: String) -> String {
        DisplayWidth.printable(text).replacingScalars(replacements)
    }
}
