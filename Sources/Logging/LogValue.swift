/// What a field of a log line can hold: what JSON can, one level deep.
package enum LogValue: Equatable, Sendable {
    case string(String)
    case int(Int)
    /// A number that JSON has no notation for (not a number, infinity) is written as a string.
    case double(Double)
    case bool(Bool)
    case strings([String])
}

extension LogValue: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .string(value) }
}

extension LogValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int) { self = .int(value) }
}

extension LogValue: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self = .double(value) }
}

extension LogValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
