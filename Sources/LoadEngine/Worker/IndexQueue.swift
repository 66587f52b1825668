/// A line of connections, each at most once, in one block of memory. Belongs to one thread.
///
/// The block is reached only through this type, which keeps every position below its capacity. A
/// class, because changing a structure within the worker is checked for exclusive access each time,
/// which costs more than the change.
final class IndexQueue {
    private var slots: UnsafeMutablePointer<Int32>
    private var capacity: Int
    private var head = 0
    private(set) var count = 0

    init() {
        (slots, capacity) = (.allocate(capacity: 0), 0)
    }

    deinit { slots.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// Makes room for as many.
    func grow(to newCapacity: Int) {
        guard newCapacity > capacity else { return }
        let new = UnsafeMutablePointer<Int32>.allocate(capacity: newCapacity)
        new.initialize(repeating: 0, count: newCapacity)
        let waiting = count
        for position in 0..<waiting { new[position] = removeFirst() }
        slots.deallocate()
        (slots, capacity, head, count) = (new, newCapacity, 0, waiting)
    }

    func append(_ index: Int) {
        precondition(count < capacity, "nobody waits twice")
        let end = head + count
        slots[end < capacity ? end : end - capacity] = Int32(truncatingIfNeeded: index)
        count += 1
    }

    /// - Precondition: not empty.
    func removeFirst() -> Int32 {
        let index = slots[head]
        head = head + 1 < capacity ? head + 1 : 0
        count -= 1
        return index
    }
}
