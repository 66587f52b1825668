/// Users by the time when they go on: a heap in one block of memory.
struct DueQueue {
    private struct Entry {
        let time: Int64
        let user: Int32
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    /// The earliest time; nil when nobody waits.
    var first: Int64? { entries.first?.time }

    mutating func insert(_ user: Int32, at time: Int64) {
        entries.append(Entry(time: time, user: user))
        var index = entries.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard entries[index].time < entries[parent].time else { break }
            entries.swapAt(index, parent)
            index = parent
        }
    }

    /// Takes out the user whose time came first; nil unless it has come by `now`.
    mutating func popFirst(due now: Int64) -> Int32? {
        guard let first = entries.first, first.time <= now else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return first.user }
        entries[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < entries.count && entries[child].time < entries[least].time {
                least = child
            }
            guard least != index else { return first.user }
            entries.swapAt(index, least)
            index = least
        }
    }
}
