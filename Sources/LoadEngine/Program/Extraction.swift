/// A value to take out of a response.
struct Extraction: Hashable, Sendable {
    /// Where the value is.
    enum Source: Hashable, Sendable {
        case pointer(JSONPointer)
        /// A field of the head, its name in lower case; the first of that name.
        case field([UInt8])
        /// The group of the first match in the body; 0 for the whole match.
        case pattern(Pattern, group: Int)

        var isOfBody: Bool { if case .field = self { false } else { true } }
    }

    /// Longest value, as each user remembers its own: a token of any kind fits.
    static let valueBytesMax = 16_384

    /// The number and name of the variable that gets it, and how many variables there are.
    let variable: Int
    let name: String
    let variableCount: Int
    let source: Source

    /// Gives the value to `user`.
    ///
    /// - Returns: why there is none; nil when all is well.
    func fault(
        in capture: ResponseCapture, fields: [[UInt8]], user: inout ScriptUser
    ) -> String? {
        switch source {
        case .field(let name):
            let value = fields.firstIndex(of: name).flatMap { capture.value(ofField: $0) }
            guard let value else { return missing("field \(text(name))", in: capture) }
            return keep(value, for: &user)
        case .pointer(let pointer):
            guard let value = pointer.value(in: capture.body) else {
                return missing("value at \(pointer.text)", in: capture)
            }
            return keep(value, for: &user)
        case .pattern(let pattern, let group):
            switch pattern.match(capture.body, group: group, preferring: user.number) {
            case .found(let range): return keep(capture.body[range], for: &user)
            case .none: return missing("match of \(pattern.shown)", in: capture)
            case .gaveUp(let reason): return "\(name): \(pattern.shown) was given up: \(reason)"
            }
        }
    }

    private func keep<Bytes: Collection<UInt8>>(
        _ value: Bytes, for user: inout ScriptUser
    ) -> String? {
        guard value.count <= Self.valueBytesMax else {
            return "\(name): a value of \(value.count) bytes, more than \(Self.valueBytesMax)"
        }
        user.set(variable, of: variableCount, to: value)
        return nil
    }

    private func missing(_ what: String, in capture: ResponseCapture) -> String {
        let end = source.isOfBody && capture.isBodyCut
        return "\(name): no \(what)"
            + (end ? " in the first \(ResponseCapture.bodyBytesMax) bytes of the body" : "")
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
