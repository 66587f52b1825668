import ControlPlane
import JSON
import Thresholds

/// Whether a definition in a file says what the service has stored, as far as that can be told
/// here: a spelling that only the service can translate counts as another one.
///
/// It spares a pipeline the right to change definitions as long as there is nothing to change.
enum LoadTestComparison {
    /// What the service itself says of a definition.
    private static let ownMembers: Set = [
        "id", "version", "createdAt", "createdBy", "claimedCreatedBy", "updatedAt", "updatedBy",
    ]
    /// What people set at the service; it stays where the file says nothing of it.
    static let keptMembers: Set = ["baseline"]
    /// What holds where neither the definition nor its scenario says anything.
    private static let amounts: [String: JSONValue] = [
        "defaultUsers": .int(1), "defaultSpawnRate": .int(1), "defaultDurationSeconds": .int(60),
    ]
    private static let thresholdDefaults: [String: JSONValue] = [
        "severity": .string("fail"), "ignoreFirstSeconds": .int(0),
    ]

    static func isSame(_ file: [String: JSONValue], _ stored: JSONValue) -> Bool {
        let members = (stored.members ?? [:]).filter { name, _ in
            !ownMembers.contains(name) && (!keptMembers.contains(name) || file[name] != nil)
        }
        guard Set(file.keys).isSubset(of: members.keys) else { return false }
        let hasScenario = members["scenario"] ?? .null != .null
        return members.allSatisfy { name, value in
            let said = file[name] ?? .null
            if said == .null, let amount = amounts[name] {
                return !hasScenario && isSame(amount, value)
            }
            return switch name {
            case "thresholds": areSameThresholds(said, value)
            case "baseline": isSameBaseline(said, value)
            default: isSame(said, value, isDuration: name.hasSuffix("Seconds"))
            }
        }
    }

    private static func isSameBaseline(_ said: JSONValue, _ stored: JSONValue) -> Bool {
        guard let members = said.members, let kept = stored.members else {
            return isSame(said, stored)
        }
        return members.keys.allSatisfy { kept[$0] != nil }
            && kept.allSatisfy { name, value in
                let said = members[name] ?? .null
                switch (name, said) {
                case ("runs", .null) where members["kind"]?.text == "median":
                    return value == .int(Int64(BaselineRule.runsByDefault))
                case ("passesIfMissing", .null): return value == .bool(false)
                default: return isSame(said, value)
                }
            }
    }

    private static func areSameThresholds(_ said: JSONValue, _ stored: JSONValue) -> Bool {
        let (said, stored) = (said.items ?? [], stored.items ?? [])
        return said.count == stored.count
            && zip(said, stored).allSatisfy { isSameThreshold($0, $1) }
    }

    private static func isSameThreshold(_ said: JSONValue, _ stored: JSONValue) -> Bool {
        var members = said.members ?? ["expression": said]
        // One that cannot be read is stored nowhere.
        if let text = members["expression"]?.text, let threshold = try? Dialects.read(text) {
            members["expression"] = .string(ThresholdText.write(threshold))
        }
        return members.keys.allSatisfy { stored[$0] != nil }
            && (stored.members ?? [:]).allSatisfy { name, value in
                // A window may stand in the expression instead.
                let isImplied = name == "windowSeconds" && members[name] ?? .null == .null
                let said = members[name] ?? thresholdDefaults[name] ?? .null
                return isImplied || isSame(said, value, isDuration: name.hasSuffix("Seconds"))
            }
    }

    private static func isSame(
        _ said: JSONValue, _ stored: JSONValue, isDuration: Bool = false
    ) -> Bool {
        switch (said, stored) {
        case (.string(let text), .int), (.string(let text), .double):
            return isDuration && DurationText.seconds(text) == stored.number
        case (.int, .double), (.double, .int):
            return said.number == stored.number
        case (.null, _):
            return stored == .null || stored == .string("") || stored == .array([])
                || stored == .object([:])
        case (.array(let one), .array(let other)):
            return one.count == other.count && zip(one, other).allSatisfy { isSame($0, $1) }
        case (.object(let one), .object(let other)):
            return one.count == other.count
                && one.allSatisfy { name, value in other[name].map { isSame(value, $0) } ?? false }
        default:
            return said == stored
        }
    }
}
