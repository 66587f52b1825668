import LoadEngine

/// How often requests to one endpoint failed in one way.
struct FailureRow: Equatable {
    let kind: FailureKind
    let count: UInt64
    /// Nil where there is only one.
    let endpoint: String?
    let example: String

    /// The most frequent first.
    static func all(of result: AttackResult) -> [FailureRow] {
        let rows = result.report.total.endpoints.enumerated().flatMap { index, statistics in
            statistics.failuresByKind.map { kind, count in
                FailureRow(
                    kind: kind, count: count,
                    endpoint: result.subject.hasManyEndpoints
                        ? result.subject.name(ofEndpoint: index) : nil,
                    example: statistics.examples[kind] ?? "")
            }
        }
        return rows.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }.map(\.element)
    }
}
