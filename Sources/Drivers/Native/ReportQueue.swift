/// Reports that nobody has taken yet. When too many wait, the two oldest become one, so a slow
/// reader costs resolution in the past and neither requests nor memory.
package struct ReportQueue: Sendable {
    /// Two minutes of reports: longer than a lease, after which there is nobody left to read them.
    package static let reportsMax = 120

    private let countMax: Int
    private var reports: [EngineReport] = []

    package init(countMax: Int = reportsMax) {
        self.countMax = max(1, countMax)
    }

    package var isEmpty: Bool { reports.isEmpty }

    package mutating func append(_ report: EngineReport) {
        reports.append(report)
        guard reports.count > countMax else { return }
        let oldest = reports.removeFirst()
        reports[0] = reports[0].absorbing(oldest)
    }

    /// The oldest of them, or nil when there is none.
    package mutating func popFirst() -> EngineReport? {
        reports.isEmpty ? nil : reports.removeFirst()
    }

    /// All of them, oldest first.
    package mutating func takeAll() -> [EngineReport] {
        defer { reports = [] }
        return reports
    }
}
