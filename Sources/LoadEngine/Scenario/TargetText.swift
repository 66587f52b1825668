/// Reads targets line by line.
struct TargetText {
    let readFile: ((String) -> [UInt8]?)?
    private(set) var targets: [RawTarget] = []
    /// Whether lines still belong to the last target.
    private var isWithin = false

    init(readFile: ((String) -> [UInt8]?)?) {
        self.readFile = readFile
    }

    mutating func read(
        _ wholeLine: String, number: Int
    ) throws(ScenarioTarget.Mistake) {
        let line = Self.trimmed(wholeLine[...])
        if line.isEmpty {
            isWithin = false
        } else if line.hasPrefix("#") {
            return
        } else if let (method, url) = Self.requestLine(line) {
            // What follows belongs to this target, whatever is wrong with it.
            isWithin = true
            targets.append(RawTarget(pointer: "", line: number, method: method, url: url))
            let capitals = method.uppercased()
            guard method == capitals else {
                throw .init(message: "a method is in capitals: \(capitals), not \(method)")
            }
        } else if !isWithin {
            throw .init(message: "expected a method and a URL, as in GET https://shop.example/")
        } else if line.hasPrefix("@") {
            try addBody(file: String(line.dropFirst()))
            isWithin = false
        } else {
            try addHeader(line)
        }
    }

    private mutating func addHeader(_ line: Substring) throws(ScenarioTarget.Mistake) {
        guard let colon = line.firstIndex(of: ":") else {
            throw .init(message: "expected a header such as Accept: text/html, or @FILE")
        }
        let name = String(Self.trimmed(line[..<colon]))
        let value = String(Self.trimmed(line[line.index(after: colon)...]))
        targets[targets.count - 1].headers.append((name, value))
    }

    private mutating func addBody(file: String) throws(ScenarioTarget.Mistake) {
        guard let readFile else {
            throw .init(
                message: "a body from a file is not read here; targets in JSON carry theirs in "
                    + "Base64")
        }
        guard let body = readFile(file) else {
            throw .init(message: "cannot read \(file)")
        }
        targets[targets.count - 1].body = body
    }

    /// A method, and a URL: what a header, which has a colon in its first word, is not. What is
    /// not in capitals is taken for a method where a URL or a path follows it.
    private static func requestLine(_ line: Substring) -> (method: String, url: String)? {
        let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
        guard words.count == 2, let method = words.first,
            method.utf8.allSatisfy({ 0x41...0x5A ~= $0 & 0xDF || $0 == 0x2D })
        else { return nil }
        let url = String(trimmed(words[1]))
        let looksLikeURL =
            url.hasPrefix("/") || !url.hasPrefix(":") && url.contains("://")
        guard looksLikeURL || method.utf8.allSatisfy({ $0 < 0x61 }) else { return nil }
        return (String(method), url)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text.drop { $0.isWhitespace }
    }
}
