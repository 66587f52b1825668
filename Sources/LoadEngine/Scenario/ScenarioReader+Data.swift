import JSON

extension ScenarioReader {
    /// The lists of data, in the order of their names.
    func tables(_ field: Field?) -> [DataTable] {
        let entries = entries(
            of: field, what: "lists of data by name", countMax: ScenarioLimits.dataListsMax)
        return entries.compactMap { name, field in
            guard isName(name, field.pointer, "the name of a list") else { return nil }
            return table(name, field)
        }
    }

    private func table(_ name: String, _ field: Field) -> DataTable? {
        let known = ["pick", "columns", "rows", "csv"]
        guard
            let fields = fields(of: field, known: known, what: "pick, and columns and rows or csv"),
            let pick = pick(fields["pick"])
        else { return nil }
        let content: (columns: [String], rows: [[String]])?
        switch (fields["csv"], fields["rows"]) {
        case (let csv?, nil):
            if let columns = fields["columns"] {
                report(columns.pointer, "the first line of csv names the columns")
            }
            content = self.csv(csv)
        case (nil, let rows?): content = self.rows(rows, columns: fields["columns"])
        default:
            report(field.pointer, "expected either rows or csv")
            return nil
        }
        guard let content else { return nil }
        if let csv = fields["csv"], content.rows.isEmpty, csv.value.text?.contains("\n") == false {
            report(
                csv.pointer,
                "has one line only: csv is the text itself, a line of names and a line for each "
                    + "row, and not the name of a file")
            return nil
        }
        guard check(content, at: field.pointer) else { return nil }
        return DataTable(name: name, pick: pick, columns: content.columns, rows: content.rows)
    }

    private func pick(_ field: Field?) -> DataTable.Pick? {
        guard let field else { return .perUser }
        guard let pick = field.value.text.flatMap({ DataTable.Pick(rawValue: $0) }) else {
            let names = DataTable.Pick.allCases.map(\.rawValue)
            report(field.pointer, "expected one of \(names.joined(separator: ", "))")
            return nil
        }
        return pick
    }

    private func check(
        _ content: (columns: [String], rows: [[String]]), at pointer: String
    ) -> Bool {
        guard !content.rows.isEmpty, !content.columns.isEmpty else {
            report(pointer, "expected at least one column and one row")
            return false
        }
        guard content.columns.count <= ScenarioLimits.dataColumnsMax,
            content.rows.count <= ScenarioLimits.dataRowsMax
        else {
            report(
                pointer,
                "at most \(ScenarioLimits.dataColumnsMax) columns and "
                    + "\(ScenarioLimits.dataRowsMax) rows are allowed")
            return false
        }
        let bytes = content.rows.reduce(0) { sum, row in row.reduce(sum) { $0 + $1.utf8.count } }
        guard bytes <= ScenarioLimits.dataBytesMax else {
            report(pointer, "has more than \(ScenarioLimits.dataBytesMax) bytes of cells")
            return false
        }
        guard Set(content.columns).count == content.columns.count else {
            report(pointer, "expected each column to have its own name")
            return false
        }
        return content.columns.allSatisfy { isName($0, pointer, "the name of a column") }
    }

    private func rows(
        _ field: Field, columns: Field?
    ) -> (columns: [String], rows: [[String]])? {
        let items = items(of: field, what: "a list of rows", countMax: ScenarioLimits.dataRowsMax)
        var names = self.items(
            of: columns, what: "a list of names", countMax: ScenarioLimits.dataColumnsMax
        ).compactMap { text($0, "a name", bytesMax: ScenarioLimits.nameLengthMax) }
        if columns == nil { names = items.first?.value.members?.keys.sorted() ?? [] }
        guard !names.isEmpty else {
            let hint = "expected columns, or rows that are objects"
            if !items.isEmpty { report(columns?.pointer ?? field.pointer, hint) }
            return items.isEmpty ? ([], []) : nil
        }
        let problemCount = problems.count
        let rows = items.map { row($0, columns: names) }
        return problems.count == problemCount ? (names, rows) : nil
    }

    private func row(_ field: Field, columns: [String]) -> [String] {
        if let members = field.value.members, Set(members.keys) == Set(columns) {
            return columns.map { cell(members[$0] ?? .null, Self.join(field.pointer, $0)) }
        }
        if let cells = field.value.items, cells.count == columns.count {
            return cells.enumerated().map { cell($1, "\(field.pointer)/\($0)") }
        }
        let names = columns.joined(separator: ", ")
        report(field.pointer, "expected a row with a value for each of \(names.prefix(200))")
        return []
    }

    /// Null is an empty cell.
    private func cell(_ value: JSONValue, _ pointer: String) -> String {
        guard value != .null else { return "" }
        let field = Field(pointer: pointer, value: value)
        return spelling(field, "text or a number", bytesMax: ScenarioLimits.bodyBytesMax) ?? ""
    }

    private func csv(_ field: Field) -> (columns: [String], rows: [[String]])? {
        guard let text = text(field, "CSV", bytesMax: ScenarioLimits.dataBytesMax) else {
            return nil
        }
        do {
            return try CSV.parse(text, rowsMax: ScenarioLimits.dataRowsMax)
        } catch {
            report(field.pointer, "line \(error.line): \(error.message)")
            return nil
        }
    }

    /// Whether a name can stand in a template.
    func isName(_ name: String, _ pointer: String, _ what: String) -> Bool {
        let isGood =
            (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
                default: false
                }
            }
        if !isGood {
            report(pointer, "\(what) has 1 to 64 letters, digits, _ or -: \"\(name.prefix(64))\"")
        }
        return isGood
    }
}
