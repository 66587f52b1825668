import Testing

@testable import LoadEngine

struct DataTableTests {
    private func script(_ pick: DataTable.Pick) -> Script {
        let rows = ["a", "", "ccc"].map { [$0, "x"] }
        let table = DataTable(name: "list", pick: pick, columns: ["n", "m"], rows: rows)
        return Script(tables: [table], variables: [], keepsVariables: false)
    }

    /// The rows that a user gets in its iterations; nil where there is none.
    private func rows(_ pick: DataTable.Pick, user: Int, _ iterations: [UInt64]) -> [Int?] {
        let script = script(pick)
        var user = ScriptUser(script, number: user)
        var random = RandomSource(seed: 9)
        return iterations.map {
            user.begin(iteration: $0, of: script, using: &random) ? user.rows[0] : nil
        }
    }

    @Test func `rows follow from numbers alone`() {
        #expect(rows(.perUser, user: 4, [0, 7, 9]) == [1, 1, 1])
        #expect(rows(.sequential, user: 4, [0, 7, 9]) == [0, 1, 0])
        #expect(rows(.unique, user: 4, [2, 3, 1]) == [2, nil, 1])
        let random = rows(.random, user: 4, Array(0..<60))
        #expect(Set(random) == [0, 1, 2])
        #expect(random == rows(.random, user: 1, Array(0..<60)))
    }

    @Test func `cells are what was written, empty ones too`() {
        let table = script(.perUser).tables[0]
        let cells = (0..<3).map { String(decoding: table.cell(row: $0, column: 0), as: UTF8.self) }
        #expect(cells == ["a", "", "ccc"])
        #expect(table.cell(row: 2, column: 1).elementsEqual("x".utf8))
    }

    @Test func `steps begin without what an earlier pass took, a mix keeps it`() {
        for keeps in [true, false] {
            let script = Script(tables: [], variables: ["v"], keepsVariables: keeps)
            var user = ScriptUser(script, number: 0)
            var random = RandomSource(seed: 1)
            user.set(0, of: 1, to: [1])
            #expect(user.begin(iteration: 1, of: script, using: &random))
            #expect(user.variables[0].isEmpty == !keeps)
        }
    }
}
