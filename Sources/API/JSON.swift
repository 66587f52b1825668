import ControlPlane
import Foundation
import JSON

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
