extension TextTemplate {
    /// A part of a text that is no template, although it has the braces of one.
    struct Mistake: Error, Equatable {
        let message: String
    }

    /// What a template may name.
    struct Names {
        var tables: [DataTable] = []
        /// Names of variables, by number.
        var variables: [String] = []
        /// Names of variables that have no value yet at this place.
        var laterVariables: [String] = []
    }

    /// Reads `{{...}}` as templates, and `{{{{` as two braces that mean themselves.
    ///
    /// - Throws: the first mistake.
    static func parse(_ bytes: [UInt8], naming names: Names) throws(Mistake) -> TextTemplate {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard isPair(openBrace, at: index, in: bytes) else {
                literal.append(bytes[index])
                index += 1
                continue
            }
            if isPair(openBrace, at: index + 2, in: bytes) {
                literal += [openBrace, openBrace]
                index += 4
                continue
            }
            let end = try end(of: bytes, from: index + 2)
            let expression = String(decoding: bytes[index + 2..<end], as: UTF8.self)
            parts += [.literal(literal), .value(try names.value(of: expression))]
            literal = []
            index = end + 2
        }
        return TextTemplate(parts: parts + [.literal(literal)])
    }

    /// Whether `bytes` would be read as they are.
    static func isPlain(_ bytes: [UInt8]) -> Bool {
        !bytes.indices.contains { isPair(openBrace, at: $0, in: bytes) }
    }

    private static let openBrace = UInt8(ascii: "{")
    private static let closeBrace = UInt8(ascii: "}")

    /// Longest expression that is looked for the end of: far beyond any that has a meaning.
    private static let expressionBytesMax = 300

    private static func isPair(_ brace: UInt8, at index: Int, in bytes: [UInt8]) -> Bool {
        index + 1 < bytes.count && bytes[index] == brace && bytes[index + 1] == brace
    }

    private static func end(of bytes: [UInt8], from start: Int) throws(Mistake) -> Int {
        let last = min(bytes.count, start + expressionBytesMax)
        guard let end = (start..<last).first(where: { isPair(closeBrace, at: $0, in: bytes) })
        else {
            throw Mistake(message: "{{ without }}; write {{{{ for two braces that mean themselves")
        }
        return end
    }
}

extension TextTemplate.Names {
    private typealias Mistake = TextTemplate.Mistake

    /// The words that no variable can be called.
    static let reserved: Set = ["uuid", "timestamp", "randomInt", "data"]

    fileprivate func value(of expression: String) throws(TextTemplate.Mistake) -> TemplateValue {
        let words = expression.split { $0 == " " || $0 == "\t" }.map(String.init)
        switch (words.first ?? "", words.count) {
        case ("uuid", 1): return .uuid
        case ("timestamp", 1): return .timestamp
        case ("randomInt", _): return try randomInt(words.dropFirst())
        case (let name, 1) where name.hasPrefix("data."):
            return try cell(name.split(separator: ".", omittingEmptySubsequences: false))
        case (let name, 1):
            guard let number = variables.firstIndex(of: name) else { throw unknown(name) }
            return .variable(number)
        default: throw unknown(expression)
        }
    }

    private func randomInt(_ words: ArraySlice<String>) throws(Mistake) -> TemplateValue {
        let numbers = words.compactMap { Int64($0) }
        guard words.count == 2, numbers.count == 2, numbers[0] <= numbers[1] else {
            throw Mistake(
                message: "randomInt needs the smallest and the largest number, as in "
                    + "{{randomInt 1 100}}")
        }
        return .randomInt(min: numbers[0], max: numbers[1])
    }

    /// `data.COLUMN` or `data.LIST.COLUMN`.
    private func cell(_ path: [Substring]) throws(Mistake) -> TemplateValue {
        let text = path.joined(separator: ".")
        let column = String(path.last ?? "")
        let found = tables.indices.compactMap { table -> TemplateValue? in
            guard path.count == 2 || path.count == 3 && tables[table].name == path[1],
                let number = tables[table].columns.firstIndex(of: column)
            else { return nil }
            return .data(table: table, column: number)
        }
        guard let first = found.first else {
            let known = tables.flatMap { table in
                table.columns.map { "data.\(table.name).\($0)" }
            }
            let hint = NearestName.of(text, among: known).map { "; did you mean \($0)?" }
            throw Mistake(message: "there is no \(text)" + (hint ?? " under data"))
        }
        guard found.count == 1 else {
            let names = tables.filter { $0.columns.contains(column) }.map(\.name).sorted()
            throw Mistake(
                message: "\(text) is in several lists (\(names.joined(separator: ", "))): "
                    + "write data.\(names.first ?? "LIST").\(column)")
        }
        return first
    }

    private func unknown(_ name: String) -> Mistake {
        guard !laterVariables.contains(name) else {
            return Mistake(message: "{{\(name)}} has no value yet: no step before extracts it")
        }
        let known = ["uuid", "timestamp", "randomInt 1 100"] + variables
        let hint =
            NearestName.of(name, among: known).map { "did you mean {{\($0)}}?" }
            ?? "known are uuid, timestamp, randomInt A B, data.COLUMN, and what extract names."
        let shown = name.prefix(60)
        return Mistake(
            message:
                "{{\(shown)}} is unknown; \(hint) Two braces that mean themselves are {{{{")
    }
}
