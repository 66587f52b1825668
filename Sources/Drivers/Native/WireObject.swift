import JSON

/// One JSON object of the protocol, whose members are asked for by name and type.
///
/// Unknown members are no mistake: the version tells what must be understood.
struct WireObject {
    private let members: [String: JSONValue]
    /// What the object is, for error messages.
    private let place: String

    init(_ value: JSONValue?, _ place: String) throws(WireFault) {
        guard case .object(let members)? = value else {
            throw WireFault("\(place) must be an object")
        }
        self.members = members
        self.place = place
    }

    /// One line.
    init(line: [UInt8]) throws(WireFault) {
        let value: JSONValue
        do {
            value = try JSONReader.document(line)
        } catch {
            throw WireFault("expected \(error.expected) at byte \(error.offset)")
        }
        try self.init(value, "a line")
    }

    subscript(name: String) -> JSONValue? { members[name] }

    func object(_ name: String) throws(WireFault) -> WireObject {
        try WireObject(members[name], path(name))
    }

    func objects(_ name: String) throws(WireFault) -> [WireObject] {
        guard let items = members[name]?.items else { throw expected(name, "a list") }
        var objects: [WireObject] = []
        for item in items { objects.append(try WireObject(item, path(name))) }
        return objects
    }

    func text(_ name: String) throws(WireFault) -> String {
        guard let text = members[name]?.text else { throw expected(name, "a text") }
        return text
    }

    func optionalText(_ name: String) throws(WireFault) -> String? {
        isNull(name) ? nil : try text(name)
    }

    func optionalTexts(_ name: String) throws(WireFault) -> [String]? {
        guard !isNull(name) else { return nil }
        guard let items = members[name]?.items else { throw expected(name, "a list") }
        var texts: [String] = []
        for item in items {
            guard let text = item.text else { throw expected(name, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    func bool(_ name: String) throws(WireFault) -> Bool {
        guard let value = members[name]?.bool else { throw expected(name, "true or false") }
        return value
    }

    /// A whole number that is not negative.
    func count(_ name: String) throws(WireFault) -> Int {
        guard let count = members[name]?.integer, count >= 0 else {
            throw expected(name, "a whole number from 0")
        }
        return count
    }

    /// A number that is not negative.
    func amount(_ name: String) throws(WireFault) -> Double {
        guard let amount = members[name]?.number, amount >= 0 else {
            throw expected(name, "a number from 0")
        }
        return amount
    }

    func optionalAmount(_ name: String) throws(WireFault) -> Double? {
        isNull(name) ? nil : try amount(name)
    }

    func seconds(_ name: String) throws(WireFault) -> Duration {
        // More than any run lasts; a `Duration` holds it with room to spare.
        let secondsMax = 1e9
        return .seconds(min(try amount(name), secondsMax))
    }

    func counts(_ name: String) throws(WireFault) -> [String: Int] {
        let object = try object(name)
        var counts: [String: Int] = [:]
        for key in object.members.keys { counts[key] = try object.count(key) }
        return counts
    }

    func expected(_ name: String, _ what: String) -> WireFault {
        WireFault("\(path(name)) must be \(what)")
    }

    func isNull(_ name: String) -> Bool {
        members[name] == nil || members[name] == .null
    }

    private func path(_ name: String) -> String {
        place == "a line" ? name : "\(place).\(name)"
    }
}

extension JSONValue {
    /// One line of the protocol. Line ends inside texts are escapes.
    var line: [UInt8] { encodedBytes + [UInt8(ascii: "\n")] }

    init(_ count: Int) { self = .int(Int64(count)) }

    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    init(_ number: Double?) { self = number.map { .double($0) } ?? .null }

    init(_ counts: [String: Int]) { self = .object(counts.mapValues { .int(Int64($0)) }) }
}
