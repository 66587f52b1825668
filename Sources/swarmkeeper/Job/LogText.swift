/// Text of others as a line of a build log, in which a terminal, GitHub, Azure, TeamCity and GitLab
/// obey what looks like a command of theirs.
enum LogText {
    /// One line, without characters that steer a terminal, in which no program finds a command.
    ///
    /// GitHub obeys a line that begins with `::`, blanks before it aside, and `##[` anywhere; Azure
    /// and TeamCity `##vso[` and `##teamcity[`. GitLab's `section_start:` needs an escape.
    static func line(_ text: String) -> String {
        let plain = DisplayWidth.printable(text).replacing("##", with: "# #")
            // Of an odd number the last two stand together again.
            .replacing("##", with: "# #")
        let start = plain.drop { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
        return start.unicodeScalars.starts(with: "::".unicodeScalars) ? ". " + start : plain
    }
}
