/// What stands in a template's place when a request is made.
enum TemplateValue: Hashable, Sendable {
    /// A random UUID (RFC 9562, version 4), another one at each place.
    case uuid
    /// Milliseconds since 1970.
    case timestamp
    /// Both bounds included.
    case randomInt(min: Int64, max: Int64)
    /// A cell of the row that the user has in this iteration.
    case data(table: Int, column: Int)
    /// What an earlier response gave; nothing where none did yet.
    case variable(Int)
}

/// What a value must not do to the text around it.
enum TemplateContext: Hashable, Sendable {
    /// In a request target: bytes that may not stand there are percent-encoded, above all the
    /// blank that would end it. Delimiters stay, so that a link can be followed.
    case target
    /// In a field's value: CR, LF and NUL become blanks, as they would end it.
    case field
    /// In a string of a JSON document, whose quotes stand around it (RFC 8259, section 7): what
    /// would end or break it is escaped, and what is no UTF-8 becomes U+FFFD.
    case json
    /// In a body everything may stand.
    case body
}
