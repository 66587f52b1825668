import JSON

/// Reads JSON values for one scenario, and notes everything that is wrong. Lives for one reading.
final class ScenarioReader {
    /// A value and its place.
    struct Field {
        let pointer: String
        let value: JSONValue
    }

    /// The members of an object. One that is null is as good as absent.
    struct Fields {
        let pointer: String
        fileprivate let members: [String: JSONValue]

        subscript(name: String) -> Field? {
            guard let value = members[name], value != .null else { return nil }
            return Field(pointer: ScenarioReader.join(pointer, name), value: value)
        }
    }

    private(set) var problems: [ScenarioProblem] = []

    func report(_ pointer: String, _ message: String, isOfKey: Bool = false) {
        let problem = ScenarioProblem(pointer: pointer, message: message, isOfKey: isOfKey)
        // Headers that all requests share are read with each of them.
        guard problems.count < ScenarioLimits.problemsMax, !problems.contains(problem) else {
            return
        }
        problems.append(problem)
    }

    func finish() throws(ScenarioError) {
        guard problems.isEmpty else { throw ScenarioError(problems) }
    }

    /// `pointer` one step further (RFC 6901, section 3).
    static func join(_ pointer: String, _ name: String) -> String {
        var step = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": step += "~0"
            case "/": step += "~1"
            default: step.unicodeScalars.append(character)
            }
        }
        return "\(pointer)/\(step)"
    }

    /// The members of an object that has none but the `known` ones.
    func fields(of field: Field?, known: [String], what: String) -> Fields? {
        guard let field else { return nil }
        guard let members = field.value.members else {
            report(field.pointer, "expected \(what), found \(field.value.typeName)")
            return nil
        }
        for name in members.keys.sorted() where !known.contains(name) {
            let hint =
                NearestName.of(name, among: known).map { "did you mean \($0)?" }
                ?? "known are \(known.joined(separator: ", "))"
            report(
                Self.join(field.pointer, name), "unknown key \"\(name.prefix(60))\"; \(hint)",
                isOfKey: true)
        }
        return Fields(pointer: field.pointer, members: members)
    }

    /// The items of an array.
    func items(of field: Field?, what: String, countMax: Int) -> [Field] {
        guard let field else { return [] }
        guard let items = field.value.items else {
            report(field.pointer, "expected \(what), found \(field.value.typeName)")
            return []
        }
        guard items.count <= countMax else {
            report(field.pointer, "has \(items.count) items, at most \(countMax) are allowed")
            return []
        }
        return items.enumerated().map { index, item in
            Field(pointer: "\(field.pointer)/\(index)", value: item)
        }
    }

    /// The items of an array, or the one item that stands in the place of an array.
    func itemOrItems(of field: Field?, what: String, countMax: Int) -> [Field] {
        guard let field, field.value.items == nil else {
            return items(of: field, what: what, countMax: countMax)
        }
        return [field]
    }

    /// The members of an object with any names, in the order of their names.
    func entries(of field: Field?, what: String, countMax: Int) -> [(name: String, field: Field)] {
        guard let field else { return [] }
        guard let members = field.value.members else {
            report(field.pointer, "expected \(what), found \(field.value.typeName)")
            return []
        }
        guard members.count <= countMax else {
            report(field.pointer, "has \(members.count) members, at most \(countMax) are allowed")
            return []
        }
        return members.sorted { $0.key < $1.key }.map { name, value in
            (name, Field(pointer: Self.join(field.pointer, name), value: value))
        }
    }
}
