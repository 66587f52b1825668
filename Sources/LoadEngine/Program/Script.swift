/// What the templates of a program need beside themselves: lists of data and names of variables.
package struct Script: Sendable {
    package init() {}
}

/// What one user remembers between its requests.
package struct ScriptUser: Sendable {
    /// - Parameter number: of the user among all of the run, from 0.
    package init(_ script: Script, number: Int) {}

    /// Takes this iteration's rows of data.
    ///
    /// - Parameter iteration: of the whole run, from 0.
    /// - Returns: whether there was a row in each list; a list of unique rows may be used up.
    mutating func begin(
        iteration: UInt64, of script: Script, using random: inout RandomSource
    ) -> Bool {
        true
    }
}
