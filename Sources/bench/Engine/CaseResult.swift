/// What the rounds of a case come to.
struct CaseResult {
    struct Row {
        let contestant: String
        let requests: Int
        let requestsPerSecond: Double
        let cpuMicroseconds: Double
        /// The largest of all rounds.
        let othersShare: Double
        let findings: [Finding]
    }

    struct Finding {
        let measure: Measure
        /// The median of the rounds.
        let value: Double?
        /// Nil where nothing is asked of the contestant.
        let verdict: Verdict?
    }

    let name: CaseName
    let rows: [Row]
    let remarks: [String]

    init(of each: any Case, rounds: [[String: Run]]) {
        name = each.name
        let base = each.contestants.first?.name ?? ""
        rows = each.contestants.map { contestant in
            let runs = rounds.compactMap { $0[contestant.name] }
            let findings = each.measures.map { measure in
                let values = rounds.compactMap { round in
                    // A contestant without a peer has nothing to be compared with.
                    let peer = each.contestants.count > 1 ? round[base] : nil
                    return round[contestant.name].flatMap { measure.value($0, peer) }
                }
                let value = Self.median(values)
                return Finding(
                    measure: measure, value: value,
                    verdict: contestant.isOurs ? measure.verdict(on: value) : nil)
            }
            return Row(
                contestant: contestant.name,
                requests: Int(Self.median(runs.map { Double($0.requests) }) ?? 0),
                requestsPerSecond: Self.median(runs.map(\.requestsPerSecond)) ?? 0,
                cpuMicroseconds: Self.median(runs.map(\.cpuMicroseconds)) ?? 0,
                othersShare: runs.map(\.othersShare).max() ?? 0, findings: findings)
        }
        let told = rounds.flatMap { round in
            each.contestants.flatMap { round[$0.name]?.remarks ?? [] }
        }
        remarks = told.enumerated().filter { !told[..<$0.offset].contains($0.element) }
            .map(\.element)
    }

    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
