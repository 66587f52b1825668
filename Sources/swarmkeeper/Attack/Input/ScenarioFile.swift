import JSON
import LoadEngine
import YAML

/// A scenario as people write it, in YAML or JSON, and where in its text each of its values is.
struct ScenarioFile {
    /// Everything that is wrong, as lines of `FILE:LINE:COLUMN: what`.
    struct Failure: Error, CustomStringConvertible {
        let lines: [String]

        var description: String { lines.joined(separator: "\n") }
    }

    /// Programs may write data lists into JSON; a person's YAML has the limit of its reader.
    static let bytesMax = 67_108_864

    let name: String
    private(set) var value: JSONValue
    private let node: Node?

    /// JSON where it begins with a brace, and is more than its reader of YAML takes, or says that
    /// it is JSON; what is both is read as YAML, which tells lines.
    init(_ bytes: [UInt8], name: String) throws(Failure) {
        self.name = name
        if bytes.count > YAML.documentBytesMax || name.hasSuffix(".json") {
            do throws(JSONReader.Failure) {
                value = try JSONReader.document(bytes)
            } catch {
                let place = Self.position(ofByte: error.offset, in: bytes)
                throw Failure(lines: ["\(name):\(place): expected \(error.expected)"])
            }
            // Only for the places of its values; what the subset of YAML refuses goes without.
            node = try? YAML.parse(bytes)
        } else {
            do throws(YAMLError) {
                let node = try YAML.parse(bytes)
                self.node = node
                value = JSONValue(node)
            } catch {
                throw Failure(lines: ["\(name):\(error)"])
            }
        }
    }

    /// The same with more headers for all requests, which replace those of the same name.
    func adding(_ headers: [AttackOptions.Header]) -> ScenarioFile {
        guard !headers.isEmpty, case .object(var members) = value else { return self }
        let names = Set(headers.map { $0.name.lowercased() })
        let kept = (members["headers"]?.members ?? [:]).filter {
            !names.contains($0.key.lowercased())
        }
        let added = Dictionary(grouping: headers, by: { $0.name.lowercased() }).values.map { same in
            (same[0].name, JSONValue.array(same.map { .string($0.value) }))
        }
        members["headers"] = .object(kept.merging(added) { _, added in added })
        var file = self
        file.value = .object(members)
        return file
    }

    /// What is wrong with the scenario, at the lines of this file.
    func failure(_ error: ScenarioError) -> Failure {
        guard let node else {
            return Failure(
                lines: error.problems.map { problem in
                    let place = problem.pointer.isEmpty ? "" : "\(problem.pointer): "
                    return "\(name): \(place)\(problem.message)"
                })
        }
        let places = error.problems.enumerated().map { index, problem in
            (
                index: index, message: problem.message,
                position: node.position(of: problem.pointer, atKey: problem.isOfKey)
            )
        }
        // At one place in the order in which they were found.
        let sorted = places.sorted {
            ($0.position.line, $0.position.column, $0.index)
                < ($1.position.line, $1.position.column, $1.index)
        }
        return Failure(lines: sorted.map { "\(name):\($0.position): \($0.message)" })
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
