import JSON
import LoadEngine

/// A scenario as people write it, in YAML or JSON, and where in its text each of its values is.
struct ScenarioFile {
    /// Everything that is wrong, as lines of `FILE:LINE:COLUMN: what`.
    struct Failure: Error, CustomStringConvertible {
        let lines: [String]

        var description: String { lines.joined(separator: "\n") }
    }

    /// Programs may write data lists into JSON; a person's YAML has the limit of its reader.
    static let bytesMax = 67_108_864

    private var document: DocumentFile

    init(_ bytes: [UInt8], name: String) throws(Failure) {
        do throws(DocumentFile.Finding) {
            document = try DocumentFile(bytes, name: name)
        } catch {
            throw Failure(lines: [error.description])
        }
    }

    var name: String { document.name }
    var value: JSONValue { document.value }

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
        file.document.value = .object(members)
        return file
    }

    /// What is wrong with the scenario, at the lines of this file.
    func failure(_ error: ScenarioError) -> Failure {
        let mistakes = error.problems.map {
            DocumentFile.Mistake(
                pointer: $0.pointer, message: $0.message, isOfKey: $0.isOfKey)
        }
        return Failure(lines: document.findings(mistakes).map(\.description))
    }
}
