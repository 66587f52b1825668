import Testing

@testable import Networking

struct TimerQueueTests {
    @Test func `timers come out when due, earliest first, equals in order of setting`() {
        var queue = TimerQueue<String>()
        for (name, time) in [("c", 30), ("a", 10), ("b1", 20), ("b2", 20)] {
            _ = queue.add(name, at: MonotonicTime(nanoseconds: Int64(time)))
        }
        #expect(queue.earliest == MonotonicTime(nanoseconds: 10))
        #expect(queue.popDue(at: MonotonicTime(nanoseconds: 9)) == nil)
        let due = (0..<4).map { _ in queue.popDue(at: MonotonicTime(nanoseconds: 20)) }
        #expect(due == ["a", "b1", "b2", nil])
        #expect(queue.count == 1)
    }

    @Test func `a cancelled timer is gone, and its name cancels no other`() {
        var queue = TimerQueue<String>()
        let first = queue.add("first", at: MonotonicTime(nanoseconds: 1))
        #expect(queue.cancel(first) == "first")
        #expect(queue.count == 0)
        _ = queue.add("second", at: MonotonicTime(nanoseconds: 1))
        #expect(queue.cancel(first) == nil)
        #expect(queue.popDue(at: MonotonicTime(nanoseconds: 1)) == "second")
    }

    @Test(arguments: 0..<4)
    func `any mixture of setting, cancelling and popping keeps the order`(seed: UInt64) {
        var random = Congruential(state: seed)
        var queue = TimerQueue<Int>()
        var model: [Int: (id: TimerID, time: Int64)] = [:]
        for number in 0..<2_000 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0...2:
                let time = Int64.random(in: 0..<500, using: &random)
                model[number] = (queue.add(number, at: MonotonicTime(nanoseconds: time)), time)
            case 3:
                guard let (key, entry) = model.randomElement(using: &random) else { continue }
                #expect(queue.cancel(entry.id) == key)
                model[key] = nil
            default:
                let expected = model.min { ($0.value.time, $0.key) < ($1.value.time, $1.key) }
                #expect(queue.earliest?.nanoseconds == expected?.value.time)
                #expect(queue.popDue(at: .distantFuture) == expected?.key)
                if let expected { model[expected.key] = nil }
            }
            #expect(queue.count == model.count)
        }
    }
}

/// A generator that repeats itself, so that a failure can be repeated.
private struct Congruential: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 33)
    }
}
