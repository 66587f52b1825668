import Testing

/// The files of the dashboard: held to the sizes of sources, and to what its policy lets a browser
/// do. What that would refuse fails here already, and not before somebody's eyes.
struct PageTests {
    private static let folder = "Sources/CDashboard/page/"
    private static let files = Repository.files.filter { $0.path.hasPrefix(folder) }
    private static let scripts = files.filter { $0.path.hasSuffix(".js") }

    @Test func `a file of the page has at most 400 lines of at most 100 columns`() {
        #expect(Self.scripts.count > 10)
        for file in Self.files {
            #expect(file.lineCount <= 400, "\(file.path)")
            #expect(file.lines.last == "", "\(file.path)")
            for (index, line) in file.lines.enumerated()
            where line.count > 100 || line.hasSuffix(" ") || line.contains("\t") {
                Issue.record(
                    "\(Finding(file: file, line: index + 1, what: "\(line.count) columns"))")
            }
        }
    }

    @Test func `every file of the page is built into the program`() throws {
        let list = try #require(Repository.files.first { $0.path == "Sources/CDashboard/files.c" })
        for file in Self.files {
            let name = file.path.dropFirst(Self.folder.count)
            #expect(list.lines.contains("#embed \"page/\(name)\""), "\(name)")
            #expect(list.lines.contains { $0.hasPrefix("    FILE(\"\(name)\",") }, "\(name)")
            #expect(name.split(separator: "/").count <= 2, "the paths of assets have one folder")
        }
        let embedded = list.lines.filter { $0.hasPrefix("#embed ") }
        #expect(embedded.count == Self.files.count)
    }

    @Test func `scripts make no HTML of text, and say nothing to the console`() {
        let banned = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "new Function", "console.", "debugger", "var ", "alert(",
        ]
        for file in Self.scripts {
            for (index, line) in file.code.enumerated() {
                for word in banned where line.contains(word) {
                    Issue.record("\(Finding(file: file, line: index + 1, what: word))")
                }
            }
        }
    }

    @Test func `the page asks no other server, and has no script or style in its text`() throws {
        let index = try #require(Self.files.first { $0.path.hasSuffix("/index.html") })
        let text = index.lines.joined(separator: "\n")
        #expect(!text.contains("<style") && !text.contains(" style="))
        #expect(text.firstMatch(of: #/ on[a-z]+=/#) == nil)
        #expect(!text.contains("<script>"))
        for file in Self.files where !file.path.hasSuffix(".svg") {
            for (index, line) in file.lines.enumerated()
            where line.contains("//") && line.contains("http") {
                // What is shown as an example, and the name of SVG.
                let isText = ["placeholder:", ".example", "w3.org/2000/svg"].contains {
                    line.contains($0)
                }
                #expect(isText, "\(Finding(file: file, line: index + 1, what: "an address"))")
            }
        }
    }

    /// Pages themselves are fetched when they are wanted, and opened in a real browser's tests.
    @Test func `every import leads to a file`() {
        let paths = Set(Self.files.map(\.path))
        for file in Self.scripts {
            let parts = file.path.split(separator: "/").dropLast()
            for line in file.lines {
                guard let match = line.firstMatch(of: #/from "(\.[^"]+)"/#) else {
                    continue
                }
                var place = parts.map(String.init)
                for step in match.1.split(separator: "/") where step != "." {
                    if step == ".." { place.removeLast() } else { place.append(String(step)) }
                }
                let path = place.joined(separator: "/")
                #expect(paths.contains(path), "\(file.path) imports \(match.1)")
            }
        }
    }
}
