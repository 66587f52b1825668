/// A strict reader of a YAML 1.2 subset. A text is either read exactly as YAML 1.2.2 with the
/// core schema reads it, or refused; there is no third outcome.
///
/// **Text.** UTF-8, with or without a byte order mark, lines ending in LF or CRLF, at most
/// `documentBytesMax` bytes. Refused: control characters (also a lone CR), the separators U+0085,
/// U+2028 and U+2029 that YAML 1.1 took for line ends, and byte order marks inside the text. All
/// of them can be written as escapes in double quotes.
///
/// **Documents.** One, after an optional `---` and before an optional `...`. A text without a
/// document reads as null. Refused: a second document, and directives (`%YAML`).
///
/// **Collections.** Block mappings and sequences, the compact forms `- key: value` and `- - x`,
/// a sequence at its key's own indentation, and flow collections over one or more lines, with
/// comments and a trailing comma; in all `depthMax` levels. In a flow collection every line is
/// indented deeper than the block that holds it (7.4); the closing bracket too. Refused: tabs in
/// indentation, `? ` keys, collections as keys, empty plain keys, keys over more than one line or
/// `keyCharactersMax` characters, keys given twice, the merge key `<<`, a flow mapping's key
/// without `:`, and a pair without braces in a flow sequence (`[a: b]`).
///
/// **Keys.** Two keys are the same when their text is the same or the core schema gives them the
/// same value: `1` and `0x1`, and also `1` and `"1"`, which YAML tells apart but a reader of
/// `Pair.key` cannot.
///
/// **Scalars.** Plain, single- and double-quoted over one or more lines, with every escape of 5.7,
/// literal (`|`) and folded (`>`) with indentation and chomping indicators. Refused: lines of a
/// scalar that begin with a tab, continued plain scalars of which a line begins with `- ` or `? `
/// (they look like an entry and are not) or contains `: `, surrogates as escapes, and what parsers
/// disagree on: plain scalars in brackets that begin with `?` or `:`, a plain key in braces whose
/// `:` touches a bracket or comma (`{a:}`), a block scalar that is the whole document with an
/// indentation indicator or with text at column 1, and one with `+` that ends in spaces without a
/// line break.
///
/// **Types.** The core schema of 10.3.2: `null`, `Null`, `NULL`, `~` and nothing are null; `true`
/// and `false`, also capitalised and in capitals, are booleans; integers are decimal with
/// optional sign (`012` is 12), `0o14` and `0xC`; then come floats, `.inf` and `.nan`. All else is
/// a string: `yes`, `on`, `1_000`, `0b1`, `-0x1`, `1:30`. A number that an `Int64` or a finite
/// `Double` cannot hold is refused.
///
/// Anchors, aliases and tags are refused.
package enum YAML {
    /// Largest text accepted, in bytes: hundreds of times any hand-written configuration, and
    /// small enough that its nodes fit in memory many times over.
    package static let documentBytesMax = 1_048_576

    /// Collections inside one another at most: far more than a person can indent, and few enough
    /// for the parser's recursion on a thread with a small stack.
    package static let depthMax = 64

    /// Longest key, blanks before its `:` included. Implicit keys of YAML end there (7.4.2).
    package static let keyCharactersMax = 1024

    /// Reads the one document in `text`.
    package static func parse(_ text: String) throws(YAMLError) -> Node {
        try parse(Array(text.utf8))
    }

    /// Reads the one document in `bytes`, a whole file for example.
    package static func parse(_ bytes: [UInt8]) throws(YAMLError) -> Node {
        var parser = Parser(source: try SourceText(bytes))
        return try parser.document()
    }

    /// What the core schema makes of a plain scalar's `text`, for readers that change the text of
    /// a scalar before giving it a type. A number that has no exact type here, which `parse`
    /// refuses, stays a string.
    package static func resolvePlain(_ text: String) -> Node.Value {
        CoreSchema.resolve(text) ?? .string(text)
    }
}
