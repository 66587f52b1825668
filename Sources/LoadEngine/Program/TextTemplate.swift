/// Text with places for values: `/items/{{data.id}}?at={{timestamp}}`.
struct TextTemplate: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case literal([UInt8])
        case value(TemplateValue)
    }

    private(set) var parts: [Part]

    init(parts: [Part]) {
        self.parts = parts.filter { $0 != .literal([]) }
    }

    /// Text that means itself, braces included.
    init(literal bytes: [UInt8]) {
        self.init(parts: [.literal(bytes)])
    }

    init(literal text: String) {
        self.init(literal: Array(text.utf8))
    }

    /// The bytes, where they are the same each time.
    var fixedBytes: [UInt8]? {
        var bytes: [UInt8] = []
        for part in parts {
            guard case .literal(let literal) = part else { return nil }
            bytes += literal
        }
        return bytes
    }

    var values: [TemplateValue] {
        parts.compactMap { if case .value(let value) = $0 { value } else { nil } }
    }
}
