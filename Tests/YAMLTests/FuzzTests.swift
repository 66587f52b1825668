import TestSupport
import Testing
import YAML

struct FuzzTests {
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a value reads back the same however it was written`(seed: UInt64) throws {
        var generator = DocumentGenerator(seed: seed)
        for _ in 0..<300 {
            let tree = generator.tree(depth: 4)
            for _ in 0..<2 {
                let text = generator.document(tree)
                do throws(YAMLError) {
                    let node = try YAML.parse(text)
                    #expect(render(node) == tree.rendered, "\(text.debugDescription)")
                } catch {
                    Issue.record("\(error) in \(text.debugDescription)")
                }
            }
        }
    }

    private static let pieces = [
        "a", "1", "~", ": ", ":", " ", "  ", "\n", "\n  ", "- ", "-", "\"", "'", "[", "]", "{", "}",
        ",", "#",
        " # c\n", "|", ">-\n", "|2\n", "? ", "&a ", "*a", "!t ", "%", "\t", "\\", "---\n", "...\n",
        "\r",
        "\u{FEFF}", "é", "\u{0}", "<<: ",
    ]

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `a damaged document is read or refused inside its own text`(seed: UInt64) throws {
        var generator = DocumentGenerator(seed: 100 + seed)
        for _ in 0..<500 {
            let tree = generator.tree(depth: 3)
            var bytes = Array(generator.document(tree).utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator.random) {
                damage(&bytes, &generator.random)
            }
            guard let error = refusal(of: bytes) else { continue }
            let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            #expect((1...lines.count).contains(error.position.line))
            let line = lines[error.position.line - 1]
            #expect((1...line.count + 1).contains(error.position.column), "\(error) in \(bytes)")
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `any short mixture of indicators is read or refused`() {
        var random = SeededGenerator(seed: 7)
        var accepted = 0
        for _ in 0..<5_000 {
            let count = Int.random(in: 1...12, using: &random)
            let text = (0..<count).map { _ in random.pick(Self.pieces) }.joined()
            if refusal(of: text) == nil { accepted += 1 }
        }
        #expect(accepted > 100, "the mixtures should not all be nonsense")
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(contentsOf: random.pick(Self.pieces).utf8, at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + random.pick([1, 1, 2, 5])))
        case 2: bytes.insert(contentsOf: bytes[(place / 2)..<place], at: place)
        default:
            if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        }
    }
}

/// Time that grows with the square of the text shows as a test that does not end: at the largest
/// text it would take minutes where reading takes a second.
struct HostileInputTests {
    private static let pieces = [
        "a\n", "- \n", "-\n", " ", "\n", "#\n", "[", "{", "'", "\"", "''\n", "\\\n", "\"\n ", "a: ",
        "a\n\n", "|\n", "- |\n", "- a\n\n", "  \n", "\t", ":", "? ", "&", ",", "[],", "- a # b\n",
        "- - ", "k: [", "1", "9", "0", "é", "a ", "- 'b\n  c'\n", "- [\n  a,\n  b]\n",
        "- \"\n\n\n  \"\n", "\r\n", ">\n\n a",
    ]

    @Test(arguments: pieces, ["", "[", "\"", "k: ", "k: |\n  "])
    func `a large repetition is read or refused in linear time`(piece: String, prefix: String) {
        let count = (40_000 - prefix.utf8.count) / piece.utf8.count
        _ = refusal(of: prefix + String(repeating: piece, count: count))
    }

    @Test func `many keys are compared in linear time`() throws {
        let text = (0..<60_000).map { "key\($0): \($0)\n" }.joined()
        #expect(try YAML.parse(text).mapping.count == 60_000)
    }

    @Test func `deep indentation costs no more than its characters`() throws {
        let column = 15_000
        let line = String(repeating: " ", count: column) + "- a\n"
        #expect(try YAML.parse(String(repeating: line, count: 60)).sequence.count == 60)
    }
}
