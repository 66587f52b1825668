/// A place in a JSON document (RFC 6901): `/items/0/id`.
struct JSONPointer: Hashable, Sendable {
    /// Longest way down, as deep as our own reader goes.
    static let stepsMax = 64

    struct Step: Hashable, Sendable {
        let name: [UInt8]
        /// The place in an array; nil for what is no index.
        let index: Int?
    }

    let text: String
    let steps: [Step]

    /// Nil for what is no pointer, or too long a one.
    init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/") else { return nil }
        var steps: [Step] = []
        for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .dropFirst()
        {
            guard let step = Step(escaped: part) else { return nil }
            steps.append(step)
        }
        guard steps.count <= Self.stepsMax else { return nil }
        (self.text, self.steps) = (text, steps)
    }

    /// What is there in `document`: of a string its text, of any other value its spelling. Nil
    /// where there is nothing, or null, or no JSON on the way. What lies behind the value is not
    /// looked at; of equal names the first counts.
    func value(in document: [UInt8]) -> [UInt8]? {
        var scanner = JSONScanner(document)
        for step in steps {
            guard scanner.enter(step) else { return nil }
        }
        return scanner.scalarOrText()
    }
}

extension JSONPointer.Step {
    /// `~0` is a tilde and `~1` a slash; a tilde before anything else is a mistake.
    fileprivate init?(escaped: Substring.UTF8View) {
        var name: [UInt8] = []
        var bytes = escaped.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "~") else {
                name.append(byte)
                continue
            }
            switch bytes.next() {
            case UInt8(ascii: "0"): name.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): name.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        self.name = name
        let isIndex =
            !name.isEmpty && name.allSatisfy { 0x30...0x39 ~= $0 }
            && (name.count == 1 || name[0] != 0x30)
        index = isIndex ? Int(String(decoding: name, as: UTF8.self)) : nil
    }
}
