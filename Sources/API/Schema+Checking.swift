import ControlPlane
import Foundation
import JSON

/// One wrong value in a body or a query.
struct FieldError: Error, Equatable, Sendable {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    let pointer: String
    let message: String
}

extension FieldError {
    /// As many are told at once: who has more of them has one mistake in a loop, and a body of
    /// nothing but unknown fields must not make an answer of a hundred times its size.
    static let countMax = 100

    /// What `faults` finds in the elements, until there is enough of it.
    static func collect<S: Sequence>(
        _ elements: S, _ faults: (S.Element) -> [FieldError]
    ) -> [FieldError] {
        var found: [FieldError] = []
        for element in elements {
            found += faults(element)
            if found.count >= countMax { break }
        }
        return found
    }
}

extension Schema {
    /// All that is wrong with `value`; empty when it has this shape.
    func faults(in value: JSONValue, at pointer: String) -> [FieldError] {
        func fault(_ expected: String) -> [FieldError] {
            [FieldError(pointer: pointer, message: "must be \(expected), is \(value.typeName)")]
        }
        switch (self, value) {
        case (.nullable, .null):
            return []
        case (.nullable(let inner), _):
            return inner.faults(in: value, at: pointer)
        case (.string(let rule), .string(let text)),
            (.textOr(let rule, _), .string(let text)):
            return rule.fault(in: text).map { [FieldError(pointer: pointer, message: $0)] } ?? []
        case (.integer(let range), .int):
            return holds(range, value) ? [] : outside(range.bounds, at: pointer)
        case (.integer(let range), .double(let number)) where number == number.rounded():
            // A whole number in the notation of a fraction or of an exponent.
            return holds(range, value) ? [] : outside(range.bounds, at: pointer)
        case (.number(let range), .int), (.number(let range), .double),
            (.duration(let range), .int), (.duration(let range), .double):
            return range.contains(value.number ?? .nan) ? [] : outside(range.bounds, at: pointer)
        case (.duration(let range), .string(let text)):
            guard let seconds = DurationText.seconds(text) else {
                return [
                    FieldError(
                        pointer: pointer,
                        message: "must be seconds or a duration such as \"1m30s\"")
                ]
            }
            return range.contains(seconds) ? [] : outside(range.bounds, at: pointer)
        case (.boolean, .bool):
            return []
        case (.timestamp, .string(let text)):
            return Timestamp.parse(text) != nil
                ? []
                : [
                    FieldError(
                        pointer: pointer,
                        message: "must be an RFC 3339 time such as 2026-01-31T12:00:00Z")
                ]
        case (.array(let element, let countMax), .array(let items)):
            return faults(in: items, of: element, countMax: countMax, at: pointer)
        case (.anyObject(let bytesMax, let depthMax), .object):
            guard value.isNested(atMost: depthMax) else {
                let message = "must be at most \(depthMax) levels deep"
                return [FieldError(pointer: pointer, message: message)]
            }
            return value.encodedBytes.count <= bytesMax
                ? []
                : [FieldError(pointer: pointer, message: "must have at most \(bytesMax) bytes")]
        case (.dictionary(let element, let countMax, let keys), .object(let members)):
            guard members.count <= countMax else {
                return [FieldError(pointer: pointer, message: "must have at most \(countMax) keys")]
            }
            let sorted = members.sorted { $0.key < $1.key }
            return FieldError.collect(sorted) { key, member in
                let place = pointer + "/" + key.pointerEscaped
                if let words = keys?.fault(in: key) {
                    return [FieldError(pointer: place, message: "has a key that \(words)")]
                }
                return element.faults(in: member, at: place)
            }
        case (.object(let schema), .object(let members)),
            (.textOr(_, let schema), .object(let members)):
            return schema.faults(in: members, at: pointer)
        default:
            return fault(expectation)
        }
    }

    /// A number too large for an `Int` is in no range, also where the range ends with `Int.max`.
    private func holds(_ range: ClosedRange<Int>, _ value: JSONValue) -> Bool {
        value.integer.map(range.contains) ?? false
    }

    private func outside(_ bounds: String, at pointer: String) -> [FieldError] {
        [FieldError(pointer: pointer, message: "must be \(bounds)")]
    }

    private func faults(
        in items: [JSONValue], of element: Schema, countMax: Int, at pointer: String
    ) -> [FieldError] {
        guard items.count <= countMax else {
            return [FieldError(pointer: pointer, message: "must have at most \(countMax) items")]
        }
        return FieldError.collect(items.enumerated()) { index, item in
            element.faults(in: item, at: "\(pointer)/\(index)")
        }
    }

    /// What a person is told to write.
    private var expectation: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .duration: "seconds or a duration such as \"1m30s\""
        case .timestamp: "an RFC 3339 time"
        case .array: "an array"
        case .anyObject, .dictionary, .object: "an object"
        case .nullable(let inner): inner.expectation + " or null"
        case .textOr: "a string or an object"
        }
    }
}

extension ObjectSchema {
    func faults(in members: [String: JSONValue], at pointer: String) -> [FieldError] {
        var faults: [FieldError] = []
        for field in fields {
            let place = pointer + "/" + field.name
            guard let value = members[field.name] else {
                if field.isRequired {
                    faults.append(FieldError(pointer: place, message: "is required"))
                }
                continue
            }
            // An optional field may be given as null, which is the same as not giving it.
            if !field.isRequired, value == .null { continue }
            faults += field.schema.faults(in: value, at: place)
        }
        let unknown = members.keys.filter { self[$0] == nil }.sorted()
        let known = fields.map(\.name).joined(separator: ", ")
        return faults
            + FieldError.collect(unknown) { name in
                [
                    FieldError(
                        pointer: pointer + "/" + name.pointerEscaped,
                        message: "is not a field here; there are \(known)")
                ]
            }
    }
}

extension StringRule {
    func fault(in text: String) -> String? {
        let length = text.unicodeScalars.count
        if length < lengthMin {
            return lengthMin == 1
                ? "must not be empty" : "must have at least \(lengthMin) characters"
        }
        if let allowed, !allowed.contains(text) {
            return "must be one of " + allowed.joined(separator: ", ")
        }
        if length > lengthMax { return "must have at most \(lengthMax) characters" }
        if text.unicodeScalars.contains(where: { $0.value == 0 }) {
            return "must not contain a NUL character"
        }
        if let form, !form.matches(text) { return "must be \(form.words)" }
        return nil
    }
}

extension String {
    /// Longest key that a pointer repeats in full; every field of ours is far shorter.
    private static let pointerTokenMax = 200

    /// As a reference token of a JSON pointer (RFC 6901, section 3).
    var pointerEscaped: String {
        let shown = String(String.UnicodeScalarView(unicodeScalars.prefix(Self.pointerTokenMax)))
        return shown.replacingOccurrences(of: "\0", with: "\u{FFFD}")
            .replacingOccurrences(of: "~", with: "~0")
            .replacingOccurrences(of: "/", with: "~1") + (shown == self ? "" : "…")
    }
}

extension ClosedRange<Int> {
    var bounds: String {
        upperBound == Int.max ? "\(lowerBound) or more" : "between \(lowerBound) and \(upperBound)"
    }
}

extension ClosedRange<Double> {
    var bounds: String {
        upperBound < .greatestFiniteMagnitude
            ? "between \(lowerBound.plain) and \(upperBound.plain)"
            : "\(lowerBound.plain) or more"
    }
}

extension Double {
    /// Without the `.0` of whole numbers.
    var plain: String {
        self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self)
    }
}
