import ControlPlane
import JSON

/// The shape of a JSON value. One declaration serves the check of what comes in, the OpenAPI
/// document, and the test of what goes out, so the three cannot differ.
indirect enum Schema: Sendable {
    /// Deepest nesting of a JSON object of the caller's own: what is kept here is read again with
    /// each list, and Foundation's effort for it grows with the square of its depth.
    static let anyDepthMax = 16
    /// The same for a scenario, whose requests have bodies of the caller's own inside. Half of what
    /// the reader of bodies takes.
    static let scenarioDepthMax = 32

    case string(StringRule)
    case integer(ClosedRange<Int>)
    /// Finite numbers.
    case number(ClosedRange<Double>)
    case boolean
    /// Seconds as a number, or text such as `1m30s`.
    case duration(ClosedRange<Double>)
    case timestamp
    case array(Schema, countMax: Int)
    /// Any JSON object, of a limited size when written out and of a limited depth.
    case anyObject(bytesMax: Int, depthMax: Int = Schema.anyDepthMax)
    /// Keys of the caller's choice, all with values of one shape.
    case dictionary(Schema, countMax: Int, keys: StringRule? = nil)
    case object(ObjectSchema)
    case nullable(Schema)
    /// A text, or an object that says more.
    case textOr(StringRule, ObjectSchema)
}

struct StringRule: Sendable {
    var lengthMin = 0
    /// In code points, as JSON Schema counts.
    var lengthMax: Int
    var allowed: [String]?
    /// What else a text must be, as a check and in words.
    var form: (words: String, matches: @Sendable (String) -> Bool)?
    /// The same for programs, as a regular expression.
    var pattern: String?
}

/// An object with known fields; others are refused in requests.
struct ObjectSchema: Sendable {
    /// Its name in the OpenAPI document.
    let name: String
    let fields: [Field]

    struct Field: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool
        let description: String
        /// For what the schema alone leaves open.
        var example: JSONValue?
    }

    init(_ name: String, _ fields: [Field]) {
        self.name = name
        self.fields = fields
    }

    subscript(name: String) -> Field? { fields.first { $0.name == name } }
}

extension Schema {
    static func text(_ lengthMin: Int = 0, max: Int) -> Schema {
        .string(StringRule(lengthMin: lengthMin, lengthMax: max))
    }

    static func oneOf(_ values: [String]) -> Schema {
        .string(StringRule(lengthMax: values.map(\.count).max() ?? 0, allowed: values))
    }

    static var count: Schema { .integer(0...Int.max) }

    /// Milliseconds, or a rate: any number from 0 up.
    static var measure: Schema { .number(0...Double.greatestFiniteMagnitude) }

    /// A difference, which may be less than nothing.
    static var signed: Schema {
        .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    }
}

func required(_ name: String, _ schema: Schema, _ description: String) -> ObjectSchema.Field {
    .init(name: name, schema: schema, isRequired: true, description: description)
}

func optional(
    _ name: String, _ schema: Schema, _ description: String, example: JSONValue? = nil
) -> ObjectSchema.Field {
    .init(
        name: name, schema: schema, isRequired: false, description: description,
        example: example)
}
