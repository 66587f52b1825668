import ControlPlane
import JSON

extension ObjectSchema {
    /// As JSON Schema 2020-12, which OpenAPI 3.1 uses.
    var json: JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields {
            // Null is taken for an optional field, and means the same as leaving it out.
            var shape = (field.isRequired ? field.schema : field.schema.orNull).json
            if case .object(var members) = shape {
                members["description"] = .string(field.description)
                if let example = field.example { members["examples"] = .array([example]) }
                shape = .object(members)
            }
            properties[field.name] = shape
        }
        return .object([
            "type": .string("object"), "properties": .object(properties),
            "required": JSONValue(fields.filter(\.isRequired).map(\.name)),
            "additionalProperties": .bool(false),
        ])
    }
}

extension Schema {
    fileprivate var orNull: Schema {
        if case .nullable = self { self } else { .nullable(self) }
    }

    var json: JSONValue {
        switch self {
        case .string(let rule):
            return rule.json
        case .integer(let range):
            return .object(
                ["type": .string("integer"), "minimum": JSONValue(range.lowerBound)].merging(
                    range.upperBound == .max ? [:] : ["maximum": JSONValue(range.upperBound)]
                ) { first, _ in first })
        case .number(let range):
            var members: [String: JSONValue] = ["type": .string("number")]
            if range.lowerBound > -.greatestFiniteMagnitude {
                members["minimum"] = .double(range.lowerBound)
            }
            if range.upperBound < .greatestFiniteMagnitude {
                members["maximum"] = .double(range.upperBound)
            }
            return .object(members)
        case .boolean:
            return .object(["type": .string("boolean")])
        case .duration(let range):
            return .object([
                "oneOf": .array([
                    Schema.number(range).json,
                    .object([
                        "type": .string("string"),
                        "pattern": .string(#"^([0-9.]+|([0-9.]+(ms|s|m|h|d))+)$"#),
                    ]),
                ])
            ])
        case .timestamp:
            return .object(["type": .string("string"), "format": .string("date-time")])
        case .array(let element, let countMax):
            var members: [String: JSONValue] = [
                "type": .string("array"), "items": element.json,
            ]
            if countMax < .max { members["maxItems"] = JSONValue(countMax) }
            return .object(members)
        case .anyObject:
            return .object(["type": .string("object")])
        case .dictionary(let element, let countMax, let keys):
            var members: [String: JSONValue] = [
                "type": .string("object"), "additionalProperties": element.json,
                "maxProperties": JSONValue(countMax),
            ]
            if let keys { members["propertyNames"] = keys.json }
            return .object(members)
        case .object(let schema):
            return .reference(schema)
        case .nullable(let inner):
            return .object(["anyOf": .array([inner.json, .object(["type": .string("null")])])])
        case .textOr(let rule, let object):
            return .object(["oneOf": .array([rule.json, .reference(object)])])
        }
    }
}

extension StringRule {
    var json: JSONValue {
        if let allowed {
            return .object(["type": .string("string"), "enum": JSONValue(allowed)])
        }
        var members: [String: JSONValue] = ["type": .string("string")]
        if lengthMax < .max { members["maxLength"] = JSONValue(lengthMax) }
        if lengthMin > 0 { members["minLength"] = JSONValue(lengthMin) }
        if let pattern { members["pattern"] = .string(pattern) }
        if let form { members["description"] = .string(form.words) }
        return .object(members)
    }
}
