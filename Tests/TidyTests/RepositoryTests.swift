import Foundation
import Testing
import YAML

/// What is beside the sources.
struct RepositoryTests {
    /// YAML that other programs read, in more of the language than ours takes: anchors, several
    /// documents in one file.
    private static let otherDialects: Set = [
        "config/kubernetes/master.yaml", "config/kubernetes/networkpolicy.yaml",
    ]

    @Test func `every YAML file under config is in our subset or listed`() throws {
        let files = Repository.files.filter {
            $0.path.hasPrefix("config/")
                && ($0.path.hasSuffix(".yaml") || $0.path.hasSuffix(".yml"))
        }
        #expect(files.count > 1)
        for file in files where !Self.otherDialects.contains(file.path) {
            #expect(throws: Never.self, "\(file.path)") {
                try YAML.parse(file.lines.joined(separator: "\n"))
            }
        }
        for path in Self.otherDialects {
            #expect(files.contains { $0.path == path }, "\(path) is not there")
        }
    }

    @Test func `the README says how to run and how to test`() throws {
        let readme = try #require(Repository.files.first { $0.path == "README.md" })
        let text = readme.lines.joined(separator: "\n")
        #expect(text.contains("make run"))
        #expect(text.contains("make test"))
    }

    @Test func `the Makefile has the targets that the README names`() throws {
        let makefile = try #require(Repository.files.first { $0.path == "Makefile" })
        for target in ["run", "test", "ci"] {
            #expect(makefile.lines.contains { $0.hasPrefix("\(target):") }, "\(target)")
        }
    }

    @Test func `no file names a place of one machine`() {
        // In parts, so that this file does not name them either.
        let places = ["/" + "root/", "/" + "home/", "/" + "Users/", "/" + "work/", "/tmp/" + "sk"]
        for file in Repository.files {
            for (index, line) in file.lines.enumerated() {
                for place in places where line.contains(place) {
                    Issue.record("\(Finding(file: file, line: index + 1, what: place))")
                }
            }
        }
    }

    @Test func `a text file ends with a line end and has no blanks at the ends of lines`() {
        let texts = ["swift", "py", "md", "yaml", "yml", "toml", "txt"]
        for file in Repository.files where texts.contains(where: { file.path.hasSuffix(".\($0)") })
        {
            #expect(file.lines.last == "", "\(file.path)")
            for (index, line) in file.lines.enumerated()
            where line.hasSuffix(" ") || line.hasSuffix("\t") || line.contains("\r") {
                Issue.record("\(Finding(file: file, line: index + 1, what: "blanks at the end"))")
            }
        }
    }

    @Test func `test targets mirror source targets`() {
        let targets = Set(Repository.sources.map(\.target)).subtracting(["swarmkeeper", "bench"])
        let tested = Set(Repository.tests.map(\.target))
        for target in targets { #expect(tested.contains("\(target)Tests"), "\(target)") }
    }
}
