/// What SQLite can store.
package enum Value: Equatable, Sendable {
    case null
    case int(Int64)
    /// Any but NaN, which SQLite would store as null and which is therefore refused.
    case double(Double)
    case text(String)
    case blob([UInt8])
}

extension Value {
    package static func int(_ number: Int) -> Value { .int(Int64(number)) }
    /// SQLite has no truth values; it stores 1 and 0.
    package static func bool(_ flag: Bool) -> Value { .int(flag ? 1 : 0) }

    package init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }
    package init(_ number: Double?) { self = number.map(Value.double) ?? .null }
    package init(_ text: String?) { self = text.map(Value.text) ?? .null }
    package init(_ bytes: [UInt8]?) { self = bytes.map(Value.blob) ?? .null }
    package init(_ flag: Bool?) { self = flag.map(Value.bool) ?? .null }
}

extension Value: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension Value: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .int(value) }
}

extension Value: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self = .double(value) }
}

extension Value: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
}
