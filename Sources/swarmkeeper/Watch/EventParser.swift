/// Reads server-sent events from bytes as they come (HTML standard, section 9.2.6).
struct EventParser {
    struct Event: Equatable, Sendable {
        /// The last id that was sent, with this event or before it.
        var id: String?
        var name = "message"
        var data = ""
    }

    struct TooLong: Error, Equatable {}

    /// A run with a large definition fits; what is longer is no stream of ours.
    static let eventBytesMax = 8 << 20

    /// The last id that was sent, which says from where to go on.
    private(set) var lastID: String?
    private var line: [UInt8] = []
    private var endsWithReturn = false
    private var isFirstLine = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    /// An id counts with the event that it came with: one that was cut off is sent again.
    private var newID: String?

    /// - Parameter lastID: of an earlier connection.
    init(goingOnAfter lastID: String? = nil) {
        self.lastID = lastID
    }

    /// Takes the next bytes.
    ///
    /// - Returns: the events that they complete.
    mutating func read(_ bytes: [UInt8]) throws(TooLong) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            let isSecondOfPair = endsWithReturn && byte == 0x0A
            endsWithReturn = byte == 0x0D
            if isSecondOfPair { continue }
            guard byte == 0x0A || byte == 0x0D else {
                line.append(byte)
                guard line.count + data.count <= Self.eventBytesMax else { throw TooLong() }
                continue
            }
            if let event = endLine() { events.append(event) }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private mutating func endLine() -> Event? {
        var text = line[...]
        if isFirstLine, text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        isFirstLine = false
        guard !text.isEmpty else { return endEvent() }
        let field = text.prefix { $0 != 0x3A }
        var value = text.dropFirst(field.count + 1)
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: field, as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        case "id":
            guard !value.contains(0) else { return nil }
            newID = String(decoding: value, as: UTF8.self)
        default: break  // Comments, the pause before coming back, and what is not known.
        }
        return nil
    }

    private mutating func endEvent() -> Event? {
        defer { (name, data, hasData) = ("", [], false) }
        if let newID { lastID = newID.isEmpty ? nil : newID }
        newID = nil
        guard hasData else { return nil }
        return Event(
            id: lastID, name: name.isEmpty ? "message" : name,
            data: String(decoding: data, as: UTF8.self))
    }
}
