/// What the templates of a program need beside themselves: lists of data and names of variables.
package struct Script: Hashable, Sendable {
    let tables: [DataTable]
    /// Names of what is taken out of responses; templates know them by their numbers.
    let variables: [String]
    /// Whether what was taken out of a response outlives the iteration: in a mix, whose iterations
    /// are single requests. Steps begin without, lest a step uses what an earlier pass has left.
    let keepsVariables: Bool

    package init() {
        self.init(tables: [], variables: [], keepsVariables: false)
    }

    init(tables: [DataTable], variables: [String], keepsVariables: Bool) {
        self.tables = tables
        self.variables = variables
        self.keepsVariables = keepsVariables
    }
}
