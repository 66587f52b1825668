/// Deadlines in order, as a binary heap whose entries can be cancelled where they are.
///
/// Cancelled entries leave at once, so memory follows the timers that are set. Timers of one
/// moment come out in the order they were added.
package struct TimerQueue<Payload> {
    private struct Slot {
        var generation: UInt64
        var deadline: MonotonicTime
        var position: Int
        var payload: Payload?
    }

    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    /// Slots; the earliest first, children of `n` at `2n + 1` and `2n + 2`.
    private var heap: [Int] = []
    private var lastGeneration: UInt64 = 0

    package init() {}

    package var count: Int { heap.count }
    package var earliest: MonotonicTime? { heap.first.map { slots[$0].deadline } }

    package mutating func add(_ payload: Payload, at deadline: MonotonicTime) -> TimerID {
        lastGeneration += 1
        let entry = Slot(
            generation: lastGeneration, deadline: deadline, position: heap.count, payload: payload)
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot] = entry
        } else {
            slot = slots.count
            slots.append(entry)
        }
        heap.append(slot)
        siftUp(from: heap.count - 1)
        return TimerID(slot: slot, generation: lastGeneration)
    }

    /// Returns what was set, or nothing if it has fired or was cancelled before.
    @discardableResult
    package mutating func cancel(_ id: TimerID) -> Payload? {
        guard slots.indices.contains(id.slot), slots[id.slot].generation == id.generation else {
            return nil
        }
        return remove(at: slots[id.slot].position)
    }

    /// Takes the earliest timer if its time has come.
    package mutating func popDue(at now: MonotonicTime) -> Payload? {
        guard let earliest, earliest <= now else { return nil }
        return remove(at: 0)
    }

    private mutating func remove(at position: Int) -> Payload? {
        let slot = heap[position]
        let last = heap.removeLast()
        if position < heap.count {
            heap[position] = last
            slots[last].position = position
            siftDown(from: position)
            siftUp(from: position)
        }
        let payload = slots[slot].payload
        slots[slot].payload = nil
        slots[slot].generation = 0  // No timer is given this one.
        freeSlots.append(slot)
        return payload
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (slots[heap[left]], slots[heap[right]])
        return (left.deadline, left.generation) < (right.deadline, right.generation)
    }

    private mutating func siftUp(from start: Int) {
        var position = start
        while position > 0, isBefore(position, (position - 1) / 2) {
            swap(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
    }

    private mutating func siftDown(from start: Int) {
        var position = start
        while true {
            var least = position
            for child in [2 * position + 1, 2 * position + 2]
            where child < heap.count && isBefore(child, least) {
                least = child
            }
            if least == position { return }
            swap(position, least)
            position = least
        }
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        slots[heap[left]].position = left
        slots[heap[right]].position = right
    }
}
