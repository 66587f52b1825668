import ControlPlane
import Foundation

extension JSONValue {
    /// Whether arrays and objects are inside one another for at most this many levels.
    func isNested(atMost depth: Int) -> Bool {
        switch self {
        case .array(let items): depth > 0 && items.allSatisfy { $0.isNested(atMost: depth - 1) }
        case .object(let members):
            depth > 0 && members.values.allSatisfy { $0.isNested(atMost: depth - 1) }
        default: true
        }
    }

    /// Keys in alphabetical order, so that equal values are equal bytes.
    var encodedBytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every number is finite (`init(_: Double?)`) and nothing is nested too deeply
        // (`Schema.anyDepthMax`), so nothing can fail.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array("null".utf8)
    }

    subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// A whole number within the range of `Int`.
    var integer: Int? {
        switch self {
        case .int(let value): Int(value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    var text: String? {
        if case .string(let value) = self { value } else { nil }
    }

    var items: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    var members: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Seconds of a value that has the shape of a duration.
    var seconds: Double? { number ?? text.flatMap(DurationText.seconds) }
}

extension JSONValue {
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }

    /// Rounded to six decimals: more would be noise. Null for what is not finite.
    init(_ number: Double?) {
        guard let number, number.isFinite else {
            self = .null
            return
        }
        let rounded = (number * 1e6).rounded() / 1e6
        self = .double(rounded.isFinite ? rounded : number)
    }

    init(_ date: Date?) { self = date.map { .string(Timestamp.format($0)) } ?? .null }

    init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }
}
