/// Breaks a sentence into lines at its blanks.
enum TextWrap {
    /// Narrower than this no sentence can be read, and none is broken.
    private static let columnsMin = 20

    static func lines(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : "\(line) \(word)"
            if DisplayWidth.of(longer) > max(columns, columnsMin), !line.isEmpty {
                lines.append(line)
                line = String(word)
            } else {
                line = longer
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
