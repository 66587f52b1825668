import JSON
import TestSupport

/// Random JSON values.
enum JSONSamples {
    static func value(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(random.chance(50))
        case 2: return .int(Int64.random(in: -1000...1_000_000, using: &random))
        case 3: return .double(Double.random(in: -1e6...1e6, using: &random))
        case 4, 5: return .string(text(using: &random))
        case 6:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in value(depth: depth - 1, using: &random) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                members[text(using: &random)] = value(depth: depth - 1, using: &random)
            }
            return .object(members)
        }
    }

    static func text(using random: inout SeededGenerator) -> String {
        let pieces = [
            "a", "bc", "\"", "\\", "/", "~", "~1", "\n", "\r", "\t", "\u{1}", "ä", "😀", "{", "}",
            "[", "]", ",", ":", " ", "0", "1", "{{uuid}}", "%", "é",
        ]
        return (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(pieces) }
            .joined()
    }
}
