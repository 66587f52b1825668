import Testing

/// Sizes and words.
struct ShapeTests {
    @Test func `the repository is found`() {
        #expect(Repository.sources.count > 100)
        #expect(Repository.tests.contains { $0.path == "Tests/TidyTests/ShapeTests.swift" })
    }

    @Test func `a source file has at most 400 lines, a test file 600`() {
        for file in Repository.sources { #expect(file.lineCount <= 400, "\(file.path)") }
        for file in Repository.tests { #expect(file.lineCount <= 600, "\(file.path)") }
    }

    @Test func `a line has at most 100 columns`() {
        for file in Repository.files where file.isSwift || file.path.hasSuffix(".py") {
            for (index, line) in file.lines.enumerated() where line.count > 100 {
                Issue.record(
                    "\(Finding(file: file, line: index + 1, what: "\(line.count) columns"))")
            }
        }
    }

    @Test func `a function has at most 70 lines`() {
        for file in Repository.sources {
            for function in Self.functions(in: file) where function.lineCount > 70 {
                Issue.record("\(function.finding): \(function.lineCount) lines")
            }
        }
    }

    @Test func `functions are measured as they should be`() throws {
        let file = try #require(Repository.tests.first { $0.path.hasSuffix("ShapeTests.swift") })
        let found = Self.functions(in: file)
        #expect(found.count >= 8)
        #expect(found.allSatisfy { (1...70).contains($0.lineCount) })
    }

    @Test func `sources have no call that gives up`() {
        let banned = ["try!", "as!", "fatalError(", "print(", "unsafeBitCast(", "Task.detached"]
        for file in Repository.sources {
            for (index, line) in file.code.enumerated() {
                for word in banned where line.contains(word) && !isPartOfName(word, in: line) {
                    Issue.record("\(Finding(file: file, line: index + 1, what: word))")
                }
            }
        }
    }

    /// `blueprint(` is no `print(`.
    private func isPartOfName(_ word: String, in line: String) -> Bool {
        line.ranges(of: word).allSatisfy { range in
            range.lowerBound > line.startIndex
                && line[line.index(before: range.lowerBound)].isLetter
        }
    }

    @Test func `nothing is left for later`() {
        let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for file in Repository.swift {
            for (index, line) in file.lines.enumerated() {
                for word in words where line.contains(word) {
                    Issue.record("\(Finding(file: file, line: index + 1, what: word))")
                }
            }
        }
    }

    @Test func `a loss is explained where an error is dropped`() {
        for file in Repository.sources {
            var explained = -10
            for (index, line) in file.code.enumerated() where line.contains("try?") {
                let near = file.lines[max(0, index - 3)...min(index + 1, file.lines.count - 1)]
                // One comment serves a chain of attempts.
                if near.contains(where: { $0.contains("//") }) || index - explained <= 2 {
                    explained = index
                } else {
                    Issue.record("\(Finding(file: file, line: index + 1, what: "try?"))")
                }
            }
        }
    }

    @Test func `opt-outs of the concurrency checks are listed here, three at most`() {
        let listed: Set<String> = []
        #expect(listed.count <= 3)
        let words = ["@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency"]
        // Dispatch's sources are safe to use from any thread, and do not say so.
        let imports: Set = ["Sources/swarmkeeper/Signals.swift"]
        for file in Repository.sources {
            for (index, line) in file.code.enumerated() {
                for word in words where line.contains(word) {
                    let isListed =
                        word == "@preconcurrency"
                        ? imports.contains(file.path) : listed.contains(file.path)
                    #expect(isListed, "\(Finding(file: file, line: index + 1, what: word))")
                }
            }
        }
    }
}

extension ShapeTests {
    struct Function {
        let finding: Finding
        let lineCount: Int
    }

    /// From the line with `func` or `init` to the brace that closes it.
    static func functions(in file: SourceFile) -> [Function] {
        let code = file.code
        var functions: [Function] = []
        for (start, line) in code.enumerated() where isDeclaration(line) {
            var (depth, hasOpened) = (0, false)
            for (index, line) in code.enumerated().dropFirst(start) {
                for character in line where character == "{" || character == "}" {
                    depth += character == "{" ? 1 : -1
                    hasOpened = true
                }
                guard !hasOpened || depth > 0 else {
                    let finding = Finding(file: file, line: start + 1, what: "function")
                    functions.append(Function(finding: finding, lineCount: index - start + 1))
                    break
                }
                // A requirement of a protocol has no body.
                if !hasOpened, index > start + 10 { break }
            }
        }
        return functions
    }

    private static func isDeclaration(_ line: String) -> Bool {
        let words = line.split { " (<?".contains($0) }
        return words.contains("func")
            || words.prefix { $0 != "=" && $0 != "." }.contains("init")
                && !line.contains("self.init")
    }
}
