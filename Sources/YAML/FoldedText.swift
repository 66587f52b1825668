/// The text of a plain or quoted scalar while its lines are folded together (6.5): blanks around
/// a line break go, a single break becomes a space, and empty lines become line feeds.
struct FoldedText {
    private var scalars: [Unicode.Scalar] = []
    /// How many of `scalars` a line break leaves standing. Blanks behind them may be dropped.
    private var solidCount = 0

    mutating func append(_ scalar: Unicode.Scalar) {
        scalars.append(scalar)
        solidCount = scalars.count
    }

    mutating func appendBlank(_ blank: Unicode.Scalar) {
        scalars.append(blank)
    }

    mutating func fold(emptyLines: Int) {
        dropTrailingBlanks()
        if emptyLines == 0 {
            append(" ")
        } else {
            appendLineFeeds(emptyLines)
        }
    }

    /// A line break behind a backslash, which keeps the blanks before it and becomes nothing.
    mutating func join(emptyLines: Int) {
        appendLineFeeds(emptyLines)
    }

    /// Blanks from here on belong to the text even at the end of a line.
    mutating func keepBlanks() {
        solidCount = scalars.count
    }

    mutating func dropTrailingBlanks() {
        scalars.removeLast(scalars.count - solidCount)
    }

    var string: String {
        String(String.UnicodeScalarView(scalars))
    }

    private mutating func appendLineFeeds(_ count: Int) {
        scalars.append(contentsOf: repeatElement("\n", count: count))
        solidCount = scalars.count
    }
}
