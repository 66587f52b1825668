/// Texts of others, made fit for a line of a log, a list or a message.
enum PrintableText {
    /// What controls a terminal, reverses the direction of writing, or begins another line becomes
    /// a space.
    static func line(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
                .unassigned:
                line.append(" ")
            default: line.append(scalar)
            }
        }
        return String(line)
    }

    /// The beginning of an answer.
    static func excerpt(_ bytes: some Sequence<UInt8>, bytesMax: Int) -> String {
        let text = line(String(decoding: Array(bytes.prefix(bytesMax)), as: UTF8.self))
        var excerpt = text.split(separator: " ").joined(separator: " ")
        // What was no UTF-8 has become longer.
        while excerpt.utf8.count > bytesMax { excerpt.removeLast() }
        return excerpt
    }
}
