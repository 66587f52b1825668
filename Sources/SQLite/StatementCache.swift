/// Keeps prepared statements for their next use, the latest used ones only.
///
/// A statement in use is not in the cache, so that a query inside the row closure of the same
/// query gets a statement of its own.
struct StatementCache {
    /// More than a program of this kind has statements; about 5 KB each.
    static let statementsMax = 64

    private var statements: [String: (statement: Statement, lastUse: UInt64)] = [:]
    private var clock: UInt64 = 0

    var count: Int { statements.count }

    mutating func take(_ sql: String) -> Statement? {
        statements.removeValue(forKey: sql)?.statement
    }

    mutating func put(_ statement: Statement) {
        clock += 1
        statements[statement.sql] = (statement, clock)
        guard statements.count > Self.statementsMax else { return }
        if let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            statements.removeValue(forKey: oldest.key)
        }
    }

    mutating func removeAll() { statements.removeAll() }
}
