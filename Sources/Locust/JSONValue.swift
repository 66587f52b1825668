/// A JSON value as Python writes it: `NaN` and the infinities are numbers here.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    /// The member of an object; `nil` where there is none or this is no object.
    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    var list: [JSONValue]? {
        guard case .list(let values) = self else { return nil }
        return values
    }

    var object: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// A number that can be calculated with: `nil` for null, NaN and the infinities.
    var number: Double? {
        guard case .number(let value) = self, value.isFinite else { return nil }
        return value
    }

    /// A number of things: never negative, a fraction cut off, and held at `countMax`.
    var count: Int? {
        guard let value = number else { return nil }
        return Int(min(max(value, 0), Self.countMax))
    }

    /// 2^53: up to here a double is exact, and beyond it nothing that Locust counts is real.
    static let countMax = 9_007_199_254_740_992.0
}
