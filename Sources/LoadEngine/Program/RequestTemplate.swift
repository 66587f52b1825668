/// A request of which some parts differ each time.
package struct RequestTemplate: Hashable, Sendable {
    private enum Piece: Hashable, Sendable {
        /// A part of `literals`.
        case literal(Range<Int>)
        case value(TemplateValue, TemplateContext)
        /// A path begins here, with a value that may or may not bring its slash.
        case pathStart
        /// The number of bytes of the body.
        case length
    }

    /// Digits that a length gets before the body is known, right for 10 to 99 bytes at once.
    private static let lengthDigits = 2

    private var pieces: [Piece] = []
    private var bodyPieces: [Piece] = []
    private var literals: [UInt8] = []

    package init() {}

    /// Appends the whole message.
    func render(
        for user: ScriptUser, of script: Script, using random: inout RandomSource,
        into message: inout [UInt8]
    ) {
        let lengthPlace = render(
            pieces, for: user, of: script, using: &random, into: &message)
        let bodyStart = message.count
        _ = render(bodyPieces, for: user, of: script, using: &random, into: &message)
        guard let lengthPlace else { return }
        message.writeLength(message.count - bodyStart, at: lengthPlace, over: Self.lengthDigits)
    }

    /// - Returns: where the length of the body is to be written.
    private func render(
        _ pieces: [Piece], for user: ScriptUser, of script: Script,
        using random: inout RandomSource, into message: inout [UInt8]
    ) -> Int? {
        var pathStart: Int?
        var lengthPlace: Int?
        for piece in pieces {
            switch piece {
            case .literal(let range):
                literals.withUnsafeBufferPointer {
                    message.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range]))
                }
            case .value(let value, let context):
                message.append(value, in: context, for: user, of: script, using: &random)
            case .pathStart:
                pathStart = message.count
                continue
            case .length:
                lengthPlace = message.count
                for _ in 0..<Self.lengthDigits { message.append(UInt8(ascii: "0")) }
            }
            if let start = pathStart {
                let hasSlash = start < message.count && message[start] == UInt8(ascii: "/")
                if !hasSlash { message.insert(UInt8(ascii: "/"), at: start) }
                pathStart = nil
            }
        }
        return lengthPlace
    }
}

// MARK: Making one

extension RequestTemplate {
    /// The whole message, where it is the same each time.
    var fixedBytes: [UInt8]? {
        var bytes: [UInt8] = []
        for piece in pieces + bodyPieces {
            guard case .literal(let range) = piece else { return nil }
            bytes += literals[range]
        }
        return bytes
    }

    mutating func append(_ text: String) {
        append(Array(text.utf8), to: \.pieces)
    }

    mutating func append(_ template: TextTemplate, in context: TemplateContext) {
        append(template, in: context, to: \.pieces)
    }

    mutating func appendPathStart() { pieces.append(.pathStart) }

    mutating func appendLength() { pieces.append(.length) }

    mutating func appendBody(_ template: TextTemplate, in context: TemplateContext) {
        append(template, in: context, to: \.bodyPieces)
    }

    private mutating func append(
        _ template: TextTemplate, in context: TemplateContext,
        to list: WritableKeyPath<Self, [Piece]>
    ) {
        for part in template.parts {
            switch part {
            case .literal(let bytes): append(bytes, to: list)
            case .value(let value): self[keyPath: list].append(.value(value, context))
            }
        }
    }

    /// Neighbours become one piece.
    private mutating func append(_ bytes: [UInt8], to list: WritableKeyPath<Self, [Piece]>) {
        let start = literals.count
        literals += bytes
        if case .literal(let range)? = self[keyPath: list].last, range.upperBound == start {
            self[keyPath: list].removeLast()
            self[keyPath: list].append(.literal(range.lowerBound..<literals.count))
        } else if !bytes.isEmpty {
            self[keyPath: list].append(.literal(start..<literals.count))
        }
    }
}
