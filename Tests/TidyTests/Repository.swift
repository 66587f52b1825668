import Foundation

/// The files of this repository, found from this very file.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// What belongs to it: everything but what was built, installed or ignored.
    static let files: [SourceFile] = {
        let ignored: Set = [
            ".git", ".build", ".venv", ".venv-2.32", ".venv-contract", ".venv-browser",
            "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".swiftpm",
        ]
        guard
            let walk = FileManager.default.enumerator(
                at: root, includingPropertiesForKeys: [.isRegularFileKey])
        else { return [] }
        var files: [SourceFile] = []
        for case let url as URL in walk {
            if ignored.contains(url.lastPathComponent) {
                walk.skipDescendants()
            } else if let file = SourceFile(url, under: root) {
                files.append(file)
            }
        }
        return files.sorted { $0.path < $1.path }
    }()

    static let sources = files.filter { $0.path.hasPrefix("Sources/") && $0.isSwift }
    static let tests = files.filter { $0.path.hasPrefix("Tests/") && $0.isSwift }
    static let swift = files.filter(\.isSwift)
}

struct SourceFile: Sendable {
    /// From the repository's root.
    let path: String
    let lines: [String]

    /// Nil for folders and for what is no text.
    init?(_ url: URL, under root: URL) {
        guard !url.hasDirectoryPath, let text = try? String(contentsOf: url, encoding: .utf8)
        else { return nil }
        path = String(url.path().dropFirst(root.path().count))
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    /// Lines as editors count them: the end of the last line is no line.
    var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

    /// The target of a source file.
    var target: String {
        path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    }

    /// The lines without what is in comments and in string literals, so that only code is looked
    /// at. A heuristic: it knows `//`, `"..."` and `"""`.
    var code: [String] {
        var isInText = false
        return lines.map { line in
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            let opens = line.components(separatedBy: "\"\"\"").count - 1
            if isInText {
                if opens % 2 == 1 { isInText = false }
                return ""
            }
            if opens % 2 == 1 {
                isInText = true
                return line.components(separatedBy: "\"\"\"")[0]
            }
            return trimmed.hasPrefix("//") ? "" : Self.stripped(line)
        }
    }

    private static func stripped(_ line: String) -> String {
        var output = ""
        var (isInString, isEscaped) = (false, false)
        var previous: Character?
        for character in line {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isInString = false
                }
            } else if character == "\"" {
                isInString = true
            } else if character == "/", previous == "/" {
                return String(output.dropLast())
            } else {
                output.append(character)
            }
            previous = character
        }
        return output
    }
}

/// A place in the repository, as editors link it.
struct Finding: CustomStringConvertible {
    let file: SourceFile
    let line: Int
    let what: String

    var description: String { "\(file.path):\(line): \(what)" }
}
