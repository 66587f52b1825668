import TestSupport
import YAML

/// Random values and the ways to write them that the subset allows.
struct DocumentGenerator {
    indirect enum Tree {
        case text(String)
        case sequence([Tree])
        case mapping([(key: String, value: Tree)])

        /// As `render` shows the document that says the same.
        var rendered: String {
            switch self {
            case .text(let text): quote(text)
            case .sequence(let items): "[" + items.map(\.rendered).joined(separator: ", ") + "]"
            case .mapping(let pairs):
                "{"
                    + pairs.map { "\(quote($0.key)): \($0.value.rendered)" }
                    .joined(separator: ", ") + "}"
            }
        }
    }

    private enum Place {
        case document, entry, mappingValue
    }

    private static let words = [
        "a", "b", "foo bar", "a b c", "", "1", "1.5", "true", "~", "yes", "012", "a:b", "a#b", "-x",
        "it's",
        "say \"hi\"", "back\\slash", " lead", "trail ", "x\ny", "x\n\ny", "end\n", "end\n\n", "\nx",
        "x\n y\nz",
        "k: v", "- q", "# h", "[x", "}", "a, b", "é日本😀", "\t", "a\tb", "\u{7}", "\u{2028}", "---",
        "<<",
        "http://x/?y=z", "&x", "*x", "!x", "|", ">", "?", "%", "@",
    ]

    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func tree(depth: Int) -> Tree {
        let choice = depth == 0 ? 0 : Int.random(in: 0..<4, using: &random)
        switch choice {
        case 0: return .text(random.pick(Self.words))
        case 1:
            return .sequence(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    tree(depth: depth - 1)
                })
        default:
            let keys = Set(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    random.pick(Self.words)
                }
            ).sorted()
            return .mapping(keys.map { ($0, tree(depth: depth - 1)) })
        }
    }

    mutating func document(_ tree: Tree) -> String {
        var text = random.pick(["", "", "\n", "# c\n", "  # c\n\n"])
        if case .text = tree {
            text += "---" + value(tree, parent: -1, .document)
        } else if Self.isEmpty(tree) || random.chance(20) {
            text += "---" + value(tree, parent: -1, .document)
        } else {
            text += random.pick(["", "", "--- # c\n"])
            text += block(tree, column: random.pick([0, 0, 2]))
        }
        text += random.pick(["", "", "# c\n", "...\n"])
        return random.chance(10) ? text.replacing("\n", with: "\r\n") : text
    }

    private static func isEmpty(_ tree: Tree) -> Bool {
        switch tree {
        case .text: false
        case .sequence(let items): items.isEmpty
        case .mapping(let pairs): pairs.isEmpty
        }
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private mutating func comment() -> String { random.pick(["", "", "", " # c", "  #: x"]) }

    /// What follows an indicator, line break included.
    private mutating func value(_ tree: Tree, parent: Int, _ place: Place) -> String {
        if case .text(let text) = tree {
            if random.chance(30), let scalar = blockScalar(text, parent: parent) { return scalar }
            return " " + scalar(text, parent: parent) + comment() + "\n"
        }
        if Self.isEmpty(tree) || random.chance(30) {
            return " " + flow(tree, parent: parent) + comment() + "\n"
        }
        if place == .entry, random.chance(50) {
            let gap = random.pick([1, 1, 2, 3])
            return spaces(gap) + block(tree, column: parent + 1 + gap).drop(while: { $0 == " " })
        }
        var column = parent + random.pick([1, 2, 2, 4])
        if place == .mappingValue, case .sequence = tree, random.chance(50) { column = parent }
        return comment() + "\n" + block(tree, column: column)
    }

    private mutating func block(_ tree: Tree, column: Int) -> String {
        var text = ""
        switch tree {
        case .text: break
        case .sequence(let items):
            for item in items {
                if !text.isEmpty { text += random.pick(["", "", "# c\n", "# c\n\n"]) }
                text += spaces(column) + "-" + value(item, parent: column, .entry)
            }
        case .mapping(let pairs):
            for pair in pairs {
                if !text.isEmpty { text += random.pick(["", "", "# c\n", "# c\n\n"]) }
                text += spaces(column) + quoted(pair.key, parent: column, isKey: true)
                text += random.pick(["", "", " "]) + ":"
                text += value(pair.value, parent: column, .mappingValue)
            }
        }
        return text
    }

    private mutating func flow(_ tree: Tree, parent: Int) -> String {
        switch tree {
        case .text(let text): return scalar(text, parent: parent)
        case .sequence(let items):
            let entries = items.map { flow($0, parent: parent) }
            return bracket("[", entries, "]", parent: parent)
        case .mapping(let pairs):
            let entries = pairs.map {
                quoted($0.key, parent: parent, isKey: true) + random.pick(["", " "]) + ":"
                    + gap(parent) + flow($0.value, parent: parent)
            }
            return bracket("{", entries, "}", parent: parent)
        }
    }

    private mutating func bracket(
        _ open: String, _ entries: [String], _ close: String, parent: Int
    ) -> String {
        var text = open + gap(parent)
        for (offset, entry) in entries.enumerated() {
            text += entry + gap(parent)
            if offset < entries.count - 1 || random.chance(30) { text += "," + gap(parent) }
        }
        return text + close
    }

    private mutating func gap(_ parent: Int) -> String {
        guard random.chance(20) else { return random.pick(["", " ", "  "]) }
        let line = spaces(parent + 1 + random.pick([0, 0, 1, 2]))
        return random.pick(["", " # c"]) + "\n" + random.pick(["", "\n", "# c\n"]) + line
    }

    private mutating func scalar(_ text: String, parent: Int) -> String {
        let isPlain = text.contains { $0.isLetter } && text.allSatisfy { $0.isLetter || $0 == " " }
        let isTrimmed = text.first != " " && text.last != " "
        if isPlain, isTrimmed, !["true", "yes"].contains(text), random.chance(60) {
            return fold(text, parent: parent)
        }
        return quoted(text, parent: parent, isKey: false)
    }

    private mutating func quoted(_ text: String, parent: Int, isKey: Bool) -> String {
        let isPrintable = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{2028}" }
        if isPrintable, random.chance(50) {
            let body = text.replacing("'", with: "''")
            return "'" + (isKey ? body : fold(body, parent: parent)) + "'"
        }
        var body = ""
        for scalar in text.unicodeScalars { body += escaped(scalar) }
        if !isKey, random.chance(20) {
            body += "\\\n" + spaces(parent + 1 + random.pick([0, 1]))
        }
        return "\"" + body + "\""
    }

    private mutating func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "/": return random.pick(["/", "\\/"])
        default: break
        }
        let mustEscape = scalar.value < 0x20 || scalar == "\u{2028}"
        guard mustEscape || random.chance(5) else { return String(scalar) }
        let code = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - code.count) + code
    }

    /// Breaks a text at one of its single inner blanks.
    private mutating func fold(_ text: String, parent: Int) -> String {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count > 1, !parts.contains(where: \.isEmpty), random.chance(40) else {
            return text
        }
        let isSafe = parts.allSatisfy { !["-", "?", "#"].contains($0) && $0.last != ":" }
        guard isSafe else { return text }
        let line = "\n" + spaces(parent + 1 + random.pick([1, 1, 2]))
        return parts[0] + random.pick(["", " "]) + line + parts.dropFirst().joined(separator: " ")
    }

    private mutating func blockScalar(_ text: String, parent: Int) -> String? {
        let body = text.prefix(
            upTo: text.lastIndex { $0 != "\n" }.map(text.index(after:)) ?? text.startIndex)
        let breaks = text.count - body.count
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
        let isPrintable = body.unicodeScalars.allSatisfy {
            ($0.value >= 0x20 && $0 != "\u{2028}") || $0 == "\n" || $0 == "\t"
        }
        guard !body.isEmpty, isPrintable, body.first != " ", body.first != "\t" else { return nil }
        let depth = random.pick([1, 2, 3])
        let indent = spaces(max(parent, 0) + depth)
        var header = parent >= 0 && random.chance(30) ? "|\(depth)" : "|"
        header += breaks == 0 ? "-" : breaks == 1 ? random.pick(["", "+"]) : "+"
        let written = lines.map { $0.isEmpty ? random.pick(["", " "]) : indent + $0 }
        let ending = String(repeating: "\n", count: max(1, breaks))
        return " " + header + comment() + "\n" + written.joined(separator: "\n") + ending
    }
}
