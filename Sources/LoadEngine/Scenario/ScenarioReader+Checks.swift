import JSON

extension ScenarioReader {
    struct Expectations {
        var statuses: StatusSet?
        var needles: [Needle] = []
        var bodyBytesMax: Int?
    }

    /// What a good response is like.
    func expectations(_ field: Field?) -> Expectations {
        let known = ["status", "contains", "notContains", "maxBytes"]
        var result = Expectations()
        guard let fields = fields(of: field, known: known, what: "expectations") else {
            return result
        }
        if let status = fields["status"] {
            let countMax = ScenarioLimits.checksMax
            let items = itemOrItems(of: status, what: "statuses", countMax: countMax)
            result.statuses = StatusSet(items.compactMap { statusRange($0) })
            if items.isEmpty { report(status.pointer, "expected at least one status") }
        }
        result.needles =
            needles(fields["contains"], isWanted: true)
            + needles(fields["notContains"], isWanted: false)
        result.bodyBytesMax = integer(fields["maxBytes"], in: 0...Int.max)
        return result
    }

    /// `200`, `"2xx"` or `"200-299"`.
    private func statusRange(_ field: Field) -> ClosedRange<Int>? {
        let all = 100...599
        if let status = field.value.integer, all.contains(status) { return status...status }
        if let text = field.value.text {
            if text.count == 3, text.lowercased().hasSuffix("xx"),
                let first = text.first?.wholeNumberValue,
                (1...5).contains(first)
            {
                return first * 100...first * 100 + 99
            }
            let ends = text.split(separator: "-", omittingEmptySubsequences: false)
                .map { Int($0.filter { $0 != " " }) }
            if (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
                low <= high, all.contains(low), all.contains(high)
            {
                return low...high
            }
        }
        report(
            field.pointer,
            "expected a status from 100 to 599 such as 200, \"2xx\" or \"200-299\"")
        return nil
    }

    private func needles(_ field: Field?, isWanted: Bool) -> [Needle] {
        itemOrItems(of: field, what: "texts", countMax: ScenarioLimits.checksMax).compactMap {
            text($0, "a text", bytesMax: Needle.bytesMax).map {
                Needle(Array($0.utf8), isWanted: isWanted)
            }
        }
    }

    /// What to take out of a response.
    func extractions(_ field: Field?, variables: [String]) -> [Extraction] {
        itemOrItems(of: field, what: "a list", countMax: ScenarioLimits.extractionsMax)
            .compactMap { extraction($0, variables: variables) }
    }

    private func extraction(_ field: Field, variables: [String]) -> Extraction? {
        let known = ["variable", "jsonPointer", "header", "regex", "group"]
        let what = "an object with variable and one of jsonPointer, header and regex"
        guard let fields = fields(of: field, known: known, what: what) else { return nil }
        guard let named = fields["variable"] else {
            report(field.pointer, "expected \(what)")
            return nil
        }
        guard let name = text(named, "a name", bytesMax: 64),
            isName(name, named.pointer, "the name of a variable")
        else { return nil }
        guard !TextTemplate.Names.reserved.contains(name) else {
            report(named.pointer, "{{\(name)}} has another meaning; choose another name")
            return nil
        }
        if let group = fields["group"], fields["regex"] == nil {
            report(group.pointer, "a group needs a regex")
        }
        guard let source = source(fields), let number = variables.firstIndex(of: name) else {
            return nil
        }
        return Extraction(
            variable: number, name: name, variableCount: variables.count, source: source)
    }

    private func source(_ fields: Fields) -> Extraction.Source? {
        let given = ["jsonPointer", "header", "regex"].compactMap { name in
            fields[name].map { (name, $0) }
        }
        guard given.count == 1, let (key, field) = given.first else {
            report(fields.pointer, "expected one of jsonPointer, header and regex")
            return nil
        }
        if key == "jsonPointer", field.value.text == "" {
            return JSONPointer("").map { .pointer($0) }
        }
        guard let text = text(field, "text", bytesMax: Pattern.bytesMax) else { return nil }
        switch key {
        case "jsonPointer":
            if let pointer = JSONPointer(text) { return .pointer(pointer) }
            report(field.pointer, "expected a JSON pointer such as /items/0/id")
        case "header":
            if text.utf8.allSatisfy(\.isToken) { return .field(text.utf8.map(\.lowercased)) }
            report(field.pointer, "expected a header's name such as X-Token")
        default: return pattern(text, field, group: fields["group"])
        }
        return nil
    }

    private func pattern(_ text: String, _ field: Field, group: Field?) -> Extraction.Source? {
        do {
            let pattern = try Pattern(text)
            if let group {
                guard let number = integer(group, in: 0...pattern.groupCount) else { return nil }
                return .pattern(pattern, group: number)
            }
            return .pattern(pattern, group: min(1, pattern.groupCount))
        } catch {
            report(
                field.pointer,
                "expected a regular expression: at byte \(error.offset): \(error.message)")
            return nil
        }
    }
}
