/// What one user remembers between its requests. Takes no memory beside itself before there is
/// something to remember.
package struct ScriptUser: Sendable {
    let number: Int
    /// The row of each list.
    private(set) var rows: [Int] = []
    /// Values by the numbers of variables; empty before the first.
    private(set) var variables: [[UInt8]] = []

    /// - Parameter number: of the user among all of the run, from 0.
    package init(_ script: Script, number: Int) {
        self.number = number
    }

    /// Takes this iteration's rows of data.
    ///
    /// - Parameter iteration: of the whole run, from 0.
    /// - Returns: whether there was a row in each list; a list of unique rows may be used up.
    mutating func begin(
        iteration: UInt64, of script: Script, using random: inout RandomSource
    ) -> Bool {
        if !script.keepsVariables {
            for index in variables.indices { variables[index].removeAll(keepingCapacity: true) }
        }
        if rows.isEmpty, !script.tables.isEmpty {
            rows = [Int](repeating: 0, count: script.tables.count)
        }
        for index in rows.indices {
            let row = script.tables[index].row(
                user: number, iteration: iteration, using: &random)
            guard let row else { return false }
            rows[index] = row
        }
        return true
    }

    /// Remembers a value of the variable `index` of `count`.
    mutating func set<Bytes: Collection<UInt8>>(_ index: Int, of count: Int, to value: Bytes) {
        if variables.isEmpty { variables = [[UInt8]](repeating: [], count: count) }
        variables[index].removeAll(keepingCapacity: true)
        variables[index].append(contentsOf: value)
    }
}
