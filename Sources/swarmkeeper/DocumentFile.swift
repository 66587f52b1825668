import JSON
import YAML

/// A file in YAML or JSON that people write, and where in its text each of its values is.
struct DocumentFile {
    /// One thing that is wrong with its content.
    struct Mistake: Equatable {
        /// The value, as a JSON pointer (RFC 6901).
        var pointer: String
        var message: String
        /// Whether that is wrong which the value is called, and not the value.
        var isOfKey = false
    }

    /// A mistake at its place in the text.
    struct Finding: Error, Equatable, CustomStringConvertible {
        let file: String
        /// Nil where the text is read without places.
        let position: Position?
        let message: String

        var description: String {
            [file, position?.description, " \(message)"].compactMap(\.self).joined(separator: ":")
        }
    }

    let name: String
    var value: JSONValue
    private let node: Node?

    /// JSON where it says that it is, or is more than the reader of YAML takes; what is both is
    /// read as YAML, which tells lines.
    init(_ bytes: [UInt8], name: String) throws(Finding) {
        self.name = name
        if bytes.count > YAML.documentBytesMax || name.hasSuffix(".json") {
            do throws(JSONReader.Failure) {
                value = try JSONReader.document(bytes)
            } catch {
                throw Finding(
                    file: name, position: Self.position(ofByte: error.offset, in: bytes),
                    message: "expected \(error.expected)")
            }
            // Only for the places of its values; what the subset of YAML refuses goes without.
            node = try? YAML.parse(bytes)
        } else {
            do throws(YAMLError) {
                let node = try YAML.parse(bytes)
                self.node = node
                value = JSONValue(node)
            } catch {
                throw Finding(file: name, position: error.position, message: error.message)
            }
        }
    }

    /// The mistakes at their places, in the order of the text; at one place in their own.
    func findings(_ mistakes: [Mistake]) -> [Finding] {
        guard let node else {
            return mistakes.map { mistake in
                let place = mistake.pointer.isEmpty ? "" : "\(mistake.pointer): "
                return Finding(file: name, position: nil, message: place + mistake.message)
            }
        }
        let places = mistakes.enumerated().map { index, mistake in
            (index, node.position(of: mistake.pointer, atKey: mistake.isOfKey), mistake.message)
        }
        return places.sorted { ($0.1.line, $0.1.column, $0.0) < ($1.1.line, $1.1.column, $1.0) }
            .map { Finding(file: name, position: $0.1, message: $0.2) }
    }

    private static func position(ofByte offset: Int, in bytes: [UInt8]) -> Position {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1
        return Position(line: line, column: column)
    }
}

extension JSONValue {
    /// What JSON would say in the place of YAML.
    fileprivate init(_ node: Node) {
        switch node.value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let text): self = .string(text)
        case .sequence(let items): self = .array(items.map { JSONValue($0) })
        case .mapping(let pairs):
            self = .object(
                Dictionary(
                    pairs.map { ($0.key, JSONValue($0.value)) },
                    uniquingKeysWith: { first, _ in first }
                ))
        }
    }
}

extension Node {
    /// Where the value of a JSON pointer (RFC 6901) is; where it is not there, its nearest parent
    /// that is. Of a value that is wrong in its name that is the place.
    fileprivate func position(of pointer: String, atKey isOfKey: Bool) -> Position {
        var (node, position) = (self, position)
        let steps = pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, step) in zip(steps.indices, steps) {
            let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
            switch node.value {
            case .sequence(let items):
                guard let index = Int(name), items.indices.contains(index) else { return position }
                (node, position) = (items[index], items[index].position)
            case .mapping(let pairs):
                guard let pair = pairs.first(where: { $0.key == name }) else { return position }
                // A scalar stands behind its key; a collection below it, where its first entry is.
                let isKey = pair.value.text == nil || isOfKey && index == steps.indices.last
                (node, position) = (
                    pair.value, isKey ? pair.keyPosition : pair.value.position
                )
            default:
                return position
            }
        }
        return position
    }
}
