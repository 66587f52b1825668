/// The last events, for readers that come back.
struct LiveRing {
    /// As much as a busy service tells in some minutes; older positions begin anew.
    static let entriesMax = 4_096
    static let bytesMax = 8 << 20

    private let entriesMax: Int
    private let bytesMax: Int
    private var entries: [LiveEntry] = []
    /// Those before it have been forgotten; moved out now and then.
    private var first = 0
    private(set) var byteCount = 0
    /// The number of the last event; 0 before the first.
    private(set) var last = 0
    /// Whoever is behind this event or a later one can go on without a loss.
    private var floor = 0

    init(entriesMax: Int = LiveRing.entriesMax, bytesMax: Int = LiveRing.bytesMax) {
        self.entriesMax = entriesMax
        self.bytesMax = bytesMax
    }

    var count: Int { entries.count - first }

    /// - Parameter entry: numbered one above `last`.
    mutating func append(_ entry: LiveEntry) {
        precondition(entry.number == last + 1, "events are numbered without gaps")
        last = entry.number
        entries.append(entry)
        byteCount += entry.byteCount
        while count > entriesMax || (byteCount > bytesMax && count > 0) {
            byteCount -= entries[first].byteCount
            floor = entries[first].number
            first += 1
        }
        // Moves what is left only when at least as much has left.
        if first > count {
            entries.removeFirst(first)
            first = 0
        }
    }

    /// What came behind an event; nil when some of that is forgotten, or there was no such event.
    func entries(after number: Int) -> ArraySlice<LiveEntry>? {
        guard number >= floor, number <= last else { return nil }
        return entries[(entries.count - (last - number))...]
    }

    /// Forgets all of it: something is missing behind the last event.
    mutating func clear() {
        (entries, first, byteCount) = ([], 0, 0)
        // So that nobody who stands at the last event goes on from there.
        last += 1
        floor = last
    }
}
