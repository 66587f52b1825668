/// Text of others as a line of a build log, in which a terminal, GitHub, Azure, TeamCity and GitLab
/// obey what looks like a command of theirs.
enum LogText {
    /// One line, without characters that steer a terminal, in which no program finds a command.
    ///
    /// GitHub obeys a line that begins with `::`, blanks before it aside, and `##[` anywhere; Azure
    /// and TeamCity `##vso[` and `##teamcity[`. GitLab's `section_start:` needs an escape.
    static func line(_ text: String) -> String {
        let plain = DisplayWidth.printable(text).parting("#")
        let start = plain.unicodeScalars.drop(while: \.properties.isWhitespace)
        return start.starts(with: "::".unicodeScalars) ? ". " + String(start) : plain
    }
}

extension String {
    /// With a blank between any two of `scalar` that stand together.
    fileprivate func parting(_ scalar: Unicode.Scalar) -> String {
        var text = ""
        var last: Unicode.Scalar?
        for next in unicodeScalars {
            if next == scalar, last == scalar { text += " " }
            text.unicodeScalars.append(next)
            last = next
        }
        return text
    }
}
