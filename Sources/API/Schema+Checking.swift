import JSON
import ControlPlane
import Foundation

/// One wrong value in a body or a query.
struct FieldError: Error, Equatable, Sendable {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    let pointer: String
    let message: String
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
        case (.string(let rule), .string(let text)):
            return rule.fault(in: text).map { [FieldError(pointer: pointer, message: $0)] } ?? []
        case (.integer(let range), .int(let number)):
            return range.contains(Int(number)) ? [] : outside(range.bounds, at: pointer)
        case (.integer(let range), .double(let number)) where number == number.rounded():
            // A whole number in the notation of a fraction or of an exponent.
            let isInside = number >= Double(range.lowerBound) && number <= Double(range.upperBound)
            return isInside ? [] : outside(range.bounds, at: pointer)
        case (.number(let above, let range), .int), (.number(let above, let range), .double):
            let number = value.number ?? .nan
            let isInside = range.contains(number) && number > (above ?? -.infinity)
            return isInside ? [] : outside(range.bounds(above: above), at: pointer)
        case (.duration(let range), .int), (.duration(let range), .double):
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
        case (.anyObject(let bytesMax), .object):
            return value.encodedBytes.count <= bytesMax
                ? []
                : [FieldError(pointer: pointer, message: "must have at most \(bytesMax) bytes")]
        case (.dictionary(let element, let countMax), .object(let members)):
            guard members.count <= countMax else {
                return [FieldError(pointer: pointer, message: "must have at most \(countMax) keys")]
            }
            return members.sorted { $0.key < $1.key }.flatMap { key, member in
                element.faults(in: member, at: pointer + "/" + key.pointerEscaped)
            }
        case (.object(let schema), .object(let members)):
            return schema.faults(in: members, at: pointer)
        default:
            return fault(expectation)
        }
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
        return items.enumerated().flatMap { index, item in
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
        for name in members.keys.sorted() where self[name] == nil {
            faults.append(
                FieldError(
                    pointer: pointer + "/" + name.pointerEscaped,
                    message: "is not a field here; there are "
                        + fields.map(\.name).joined(separator: ", ")))
        }
        return faults
    }
}

extension StringRule {
    func fault(in text: String) -> String? {
        if text.count < lengthMin {
            return lengthMin == 1
                ? "must not be empty" : "must have at least \(lengthMin) characters"
        }
        if let allowed, !allowed.contains(text) {
            return "must be one of " + allowed.joined(separator: ", ")
        }
        if text.count > lengthMax { return "must have at most \(lengthMax) characters" }
        if text.unicodeScalars.contains(where: { $0.value == 0 }) {
            return "must not contain a NUL character"
        }
        if let form, !form.matches(text) { return "must be \(form.words)" }
        return nil
    }
}

extension String {
    /// As a reference token of a JSON pointer (RFC 6901, section 3).
    var pointerEscaped: String {
        replacingOccurrences(of: "~", with: "~0").replacingOccurrences(of: "/", with: "~1")
    }
}

extension ClosedRange<Int> {
    var bounds: String {
        upperBound == Int.max ? "\(lowerBound) or more" : "between \(lowerBound) and \(upperBound)"
    }
}

extension ClosedRange<Double> {
    var bounds: String { bounds(above: nil) }

    func bounds(above: Double?) -> String {
        let low = above.map { "above \($0.plain)" }
        guard upperBound < .greatestFiniteMagnitude else {
            return low ?? "\(lowerBound.plain) or more"
        }
        guard let low else { return "between \(lowerBound.plain) and \(upperBound.plain)" }
        return "\(low) and at most \(upperBound.plain)"
    }
}

extension Double {
    /// Without the `.0` of whole numbers.
    var plain: String {
        self == rounded() && abs(self) < 1e15 ? String(Int(self)) : String(self)
    }
}
