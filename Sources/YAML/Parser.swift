/// A recursive descent over a text, from the indentation and the first characters of a node
/// straight to its value. It never goes back further than over the blank lines behind a plain
/// scalar, so its time grows with the length of the text.
///
/// Indentation and columns count from 0 in here. `parent` is always the `n` of the
/// specification's productions: the column of the collection that holds a node, and -1 at the
/// top. What belongs to the node stands deeper than that.
struct Parser {
    let source: SourceText
    var index = 0
    /// Where the line that holds `index` begins.
    var lineStart = 0
    /// The number of collections that are open.
    var depth = 0

    init(source: SourceText) {
        self.source = source
    }

    var column: Int { index - lineStart }
    var current: Unicode.Scalar { source[index] }
    var isAtEnd: Bool { index >= source.count }
    var isAtLineEnd: Bool { Self.isBreak(current) }

    /// Whether a comment begins here. A `#` right behind other text does not begin one (6.6).
    var isAtComment: Bool {
        current == "#" && (index == lineStart || Self.isBlank(source[index - 1]))
    }

    /// Whether `-`, `?` or `:` stands here as an indicator and not as part of a plain scalar.
    func isAtIndicator(_ indicator: Unicode.Scalar) -> Bool {
        current == indicator && Self.isBlankOrBreak(source[index + 1])
    }

    /// Whether `---` or `...` stands here, at the start of a line.
    func isAtMarker(_ character: Unicode.Scalar) -> Bool {
        index == lineStart && isMarker(character, at: index)
    }

    private func isMarker(_ character: Unicode.Scalar, at index: Int) -> Bool {
        source[index] == character && source[index + 1] == character
            && source[index + 2] == character && Self.isBlankOrBreak(source[index + 3])
    }

    /// Whether the line that begins at `index` begins with a document marker.
    func isMarkerLine(at index: Int) -> Bool {
        isMarker("-", at: index) || isMarker(".", at: index)
    }

    var isAtAnyMarker: Bool { isAtMarker("-") || isAtMarker(".") }

    func refusal(_ message: String) -> YAMLError { refusal(at: index, message) }

    func refusal(at index: Int, _ message: String) -> YAMLError {
        YAMLError(position: source.position(at: index), message: message)
    }

    /// Opens a collection that began at `start`.
    mutating func enter(_ start: Int) throws(YAMLError) {
        guard depth < YAML.depthMax else {
            throw refusal(
                at: start,
                "collections are nested deeper than \(YAML.depthMax) levels; flatten the document")
        }
        depth += 1
    }

    mutating func leave() {
        depth -= 1
    }
}

extension Parser {
    static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == SourceText.end
    }

    static func isBlankOrBreak(_ scalar: Unicode.Scalar) -> Bool {
        isBlank(scalar) || isBreak(scalar)
    }

    static func isFlowIndicator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ",", "[", "]", "{", "}": true
        default: false
        }
    }
}
