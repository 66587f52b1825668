extension String {
    /// With other texts in the place of some scalars. Programs that read a text look for scalars: a
    /// mark that combines with one makes another `Character` of it, and hides nothing from them.
    func replacingScalars(_ replacements: [Unicode.Scalar: String]) -> String {
        var text = ""
        for scalar in unicodeScalars {
            if let replacement = replacements[scalar] {
                text += replacement
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// With another text wherever these scalars stand, whatever combines with them.
    ///
    /// - Parameter sought: not empty.
    func replacingScalars(_ sought: String, with replacement: String) -> String {
        let sought = sought.unicodeScalars
        var text = String.UnicodeScalarView()
        var rest = unicodeScalars[...]
        while let found = rest.firstRange(of: sought) {
            text += rest[..<found.lowerBound]
            text += replacement.unicodeScalars
            rest = rest[found.upperBound...]
        }
        return String(text + rest)
    }
}
