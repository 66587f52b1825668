import ControlPlane
import JSON
import SQLite

/// Conditions of a query, each with its bound value: no caller's text ever becomes SQL.
struct Filter {
    private(set) var conditions: [String] = []
    private(set) var values: [Value] = []

    mutating func require(_ condition: String, _ values: Value...) {
        requireAll(condition, values)
    }

    mutating func requireAll(_ condition: String, _ values: [Value]) {
        conditions.append(condition)
        self.values += values
    }

    /// For tables whose rows belong to an environment.
    mutating func require(_ scope: Scope) {
        if let tenant = scope.tenantID { require("tenant_id = ?", .text(tenant)) }
        if case .environments(let names, of: _) = scope {
            requireAll("env_id IN (\(Self.marks(names.count)))", names.map { .text($0) })
        }
    }

    static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }

    mutating func require(_ column: String, equals text: String?) {
        if let text { require("\(column) = ?", .text(text)) }
    }

    /// A part of the name or the id, without regard to case. No pattern: `%` and `_` mean
    /// themselves.
    mutating func requireText(_ text: String?) {
        if let text { require("instr(search, ?) > 0", .text(Coding.folded(text))) }
    }

    var clause: String {
        conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }
}

/// A sorted list with its filters, one page at a time.
struct ListQuery {
    let sql: String
    let values: [Value]
    private let limit: Int

    /// One row: the item, and its place in the list.
    typealias Found<Item> = (item: Item, mark: PageMark)

    init(_ query: RunQuery) {
        var filter = Filter()
        filter.require(query.scope)
        filter.require("tenant_id", equals: query.tenantID)
        filter.require("env_id", equals: query.envID)
        filter.require("load_test_id", equals: query.loadTestID?.text)
        filter.require("created_by", equals: query.createdBy)
        if !query.states.isEmpty {
            filter.requireAll(
                "state IN (\(Filter.marks(query.states.count)))",
                query.states.map { .text($0.rawValue) })
        }
        if !query.verdicts.isEmpty {
            filter.requireAll(
                "verdict IN (\(Filter.marks(query.verdicts.count)))",
                query.verdicts.map { .text($0.rawValue) })
        }
        if let date = query.startedAfter {
            filter.require("started_at > ?", Coding.milliseconds(date))
        }
        if let date = query.startedBefore {
            filter.require("started_at > 0 AND started_at < ?", Coding.milliseconds(date))
        }
        for tag in query.tags {
            filter.require("id IN (SELECT run_id FROM run_tags WHERE tag = ?)", .text(tag))
        }
        for (key, value) in query.labels.sorted(by: { $0.key < $1.key }) {
            filter.require(
                "id IN (SELECT run_id FROM run_labels WHERE key = ? AND value = ?)",
                .text(key), .text(value))
        }
        if let place = query.earlierThan {
            filter.require(
                "(created_at, id) < (?, ?)", Coding.milliseconds(place.createdAt),
                .text(place.id.text))
        }
        filter.requireText(query.text)
        let column =
            switch query.sort.field {
            case .createdAt: "created_at"
            case .startedAt: "started_at"
            case .endedAt: "ended_at"
            }
        self.init(
            table: "runs", columns: HistoryStore.runColumns, filter: filter, column: column,
            isDescending: query.sort.isDescending, isNumber: true, page: query.page)
    }

    init(_ query: LoadTestQuery) {
        var filter = Filter()
        filter.require(query.scope)
        filter.require("tenant_id", equals: query.tenantID)
        filter.require("env_id", equals: query.envID)
        filter.require("created_by", equals: query.createdBy)
        for tag in query.tags {
            filter.require(
                "id IN (SELECT load_test_id FROM load_test_tags WHERE tag = ?)", .text(tag))
        }
        filter.requireText(query.text)
        let column =
            switch query.sort.field {
            case .createdAt: "created_at"
            case .updatedAt: "updated_at"
            case .name: "name"
            }
        self.init(
            table: "load_tests", columns: HistoryStore.loadTestColumns, filter: filter,
            column: column, isDescending: query.sort.isDescending,
            isNumber: query.sort.field != .name, page: query.page)
    }

    init(
        table: String, columns: String, filter: Filter, column: String, isDescending: Bool,
        isNumber: Bool, page: PageRequest
    ) {
        var filter = filter
        if let mark = page.after {
            let value: Value = isNumber ? .int(Int64(mark.value) ?? 0) : .text(mark.value)
            filter.require(
                "(\(column), id) \(isDescending ? "<" : ">") (?, ?)", value, .text(mark.id))
        }
        let order = isDescending ? "DESC" : "ASC"
        limit = page.limit
        // One more than asked for tells whether there is a next page.
        sql = """
            SELECT \(column), id, \(columns) FROM \(table) \(filter.clause)
            ORDER BY \(column) \(order), id \(order) LIMIT \(limit + 1)
            """
        values = filter.values
    }

    /// The page that this query finds; `item` reads a row from the given column on.
    func page<Item>(
        _ connection: Connection, item: (Row, Int) throws -> Item
    ) throws -> Page<Item> {
        let found = try connection.query(sql, values) { row -> Found<Item> in
            let value =
                switch try row.value(0) {
                case .int(let number): String(number)
                default: try row.text(0)
                }
            return (try item(row, 2), PageMark(value: value, id: try row.text(1)))
        }
        let page = found.prefix(limit)
        return Page(
            items: page.map(\.item), next: found.count > limit ? page.last?.mark : nil)
    }
}
