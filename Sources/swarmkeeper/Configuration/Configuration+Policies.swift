import API
import ControlPlane
import Foundation

/// What tenants and environments say about which runs may be started, as YAML.
extension Configuration {
    func printed(_ policy: StartPolicy, indent: String) -> [String] {
        let lists = [("allow", policy.allow), ("deny", policy.deny)].filter { !$0.1.isEmpty }
            .map { name, patterns in
                "\(indent)  \(name): [\(patterns.map { quoted("\($0)") }.joined(separator: ", "))]"
            }
        var lines = lists.isEmpty ? [] : ["\(indent)targets:"] + lists
        if !policy.freezes.isEmpty { lines.append("\(indent)freeze:") }
        for window in policy.freezes {
            var keys = ["name: \(quoted(window.name))"]
            switch window.times {
            case .once(let from, let to):
                keys += [
                    "from: \"\(Timestamp.format(from))\"", "to: \"\(Timestamp.format(to))\"",
                ]
            case .weekly(let weekly): keys += printed(weekly)
            }
            if window.stopsRuns { keys.append("stopRuns: true") }
            lines.append("\(indent)  - { \(keys.joined(separator: ", ")) }")
        }
        if let approval = policy.approval {
            lines += [
                "\(indent)protected: true", "\(indent)approvers: \(approval.approvers.rawValue)",
                "\(indent)approvalExpirySeconds: \(plain(approval.expiry))",
            ]
        }
        return lines
    }

    private func printed(_ times: WeeklyTimes) -> [String] {
        func clock(_ minutes: Int) -> String {
            let parts = [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + "\($0)" }
            return "\"" + parts.joined(separator: ":") + "\""
        }
        let days = WeeklyTimes.Day.allCases.filter { times.days.contains($0) }.map(\.rawValue)
        return [
            "days: [\(days.joined(separator: ", "))]", "from: \(clock(times.from))",
            "to: \(clock(times.to))", "timeZone: \(quoted(times.timeZone.identifier))",
        ]
    }
}
