/// Why a run of the engine could not begin.
package struct LoadError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Operation, subject and cause.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
