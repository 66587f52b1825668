/// A place in a text as editors show it: both numbers count from 1.
package struct Position: Hashable, Sendable {
    package let line: Int
    /// In characters, which are Unicode scalars as in the YAML specification. A byte order mark
    /// does not count.
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

extension Position: CustomStringConvertible {
    package var description: String { "\(line):\(column)" }
}
