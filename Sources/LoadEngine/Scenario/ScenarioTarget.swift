/// Where a request goes: an origin, and the path and query that stand in its request line.
struct ScenarioTarget: Equatable, Sendable {
    /// What is wrong with an address, and what would be right.
    struct Mistake: Error, Equatable {
        let message: String
    }

    /// Nil for a path below the base URL.
    let origin: Origin?
    /// Path and query, what may not stand there percent-encoded, without a fragment. Begins with a
    /// slash or a value.
    let template: TextTemplate
    /// The path as it was written.
    let shownPath: String

    /// Reads `http://host:8080/path?query` or `https://...`. A template may stand in path and
    /// query, where another value makes no other target.
    static func url(_ text: String, naming names: TextTemplate.Names?) throws(Mistake) -> Self {
        let bytes = Array(text.utf8)
        let (origin, end) = try Origin.parse(bytes)
        let rest = Array(bytes[end...])
        let path = rest.first == UInt8(ascii: "/") ? rest : [UInt8(ascii: "/")] + rest
        return try ScenarioTarget(origin, path, naming: names)
    }

    /// Reads `/path?query`, to be put behind a base URL.
    static func path(_ text: String, naming names: TextTemplate.Names?) throws(Mistake) -> Self {
        guard text.hasPrefix("/") || text.hasPrefix("{{") && !text.hasPrefix("{{{{") else {
            let hint =
                text.contains("://") ? "url is the key for whole URLs" : "write /\(text.prefix(40))"
            throw Mistake(message: "a path begins with a slash: \(hint)")
        }
        return try ScenarioTarget(nil, Array(text.utf8), naming: names)
    }

    /// - Parameter names: nil where braces mean themselves.
    private init(
        _ origin: Origin?, _ bytes: [UInt8], naming names: TextTemplate.Names?
    ) throws(Mistake) {
        guard bytes.count <= ScenarioLimits.targetBytesMax else {
            throw Mistake(message: "is longer than \(ScenarioLimits.targetBytesMax) bytes")
        }
        var template = TextTemplate(literal: bytes)
        if let names {
            do {
                template = try TextTemplate.parse(bytes, naming: names)
            } catch {
                throw Mistake(message: error.message)
            }
        }
        self.origin = origin
        self.template = template.asTarget
        let shown = String(decoding: bytes, as: UTF8.self)
        shownPath = String(shown.prefix { $0 != "?" && $0 != "#" })
    }
}

extension TextTemplate {
    /// Encoded where it has to be, and cut off where a fragment begins, which is not sent (RFC
    /// 9110, section 7.1).
    fileprivate var asTarget: TextTemplate {
        var encoded: [Part] = []
        var isQuery = false
        for part in parts {
            guard case .literal(let bytes) = part else {
                encoded.append(part)
                continue
            }
            let end = bytes.firstIndex(of: UInt8(ascii: "#"))
            var text: [UInt8] = []
            let pieces = bytes[..<(end ?? bytes.count)]
                .split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
            for (index, piece) in pieces.enumerated() {
                if index > 0 {
                    text.append(UInt8(ascii: "?"))
                    isQuery = true
                }
                text.appendTarget(piece, leavingBrackets: isQuery)
            }
            encoded.append(.literal(text))
            if end != nil { break }
        }
        return TextTemplate(parts: encoded)
    }
}
