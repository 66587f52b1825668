/// Why a scenario, or a load that it was asked to make, means nothing: everything that is wrong.
package struct ScenarioError: Error, Equatable {
    /// In the order in which they were found; at least one.
    package let problems: [ScenarioProblem]

    package init(_ problems: [ScenarioProblem]) {
        self.problems = problems
    }

    init(_ pointer: String, _ message: String) {
        self.init([ScenarioProblem(pointer: pointer, message: message)])
    }
}

extension ScenarioError: CustomStringConvertible {
    package var description: String {
        problems.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }
            .joined(separator: "\n")
    }
}

package struct ScenarioProblem: Equatable, Sendable {
    /// The place, as a JSON pointer (RFC 6901).
    package let pointer: String
    /// What is wrong, and what would be right.
    package let message: String
    /// Whether that is wrong which the value is called, and not the value.
    package let isOfKey: Bool

    package init(pointer: String, message: String, isOfKey: Bool = false) {
        self.pointer = pointer
        self.message = message
        self.isOfKey = isOfKey
    }
}
