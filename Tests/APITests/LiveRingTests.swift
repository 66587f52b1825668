import ControlPlane
import TestSupport
import Testing

@testable import API

struct LiveRingTests {
    private static func entry(_ number: Int, bytes: Int = 10) -> LiveEntry {
        LiveEntry(
            number: number,
            audience: .run(RunID("a"), EnvironmentKey(tenantID: "t", envID: "e")),
            narrow: [UInt8](repeating: 0, count: bytes))
    }

    @Test func `what came behind an event is given as long as all of it is there`() {
        var ring = LiveRing(entriesMax: 3)
        #expect(ring.entries(after: 0)?.isEmpty == true)
        for number in 1...5 { ring.append(Self.entry(number)) }
        #expect(ring.count == 3)
        #expect(ring.entries(after: 5)?.isEmpty == true)
        #expect(ring.entries(after: 3)?.map(\.number) == [4, 5])
        #expect(ring.entries(after: 2)?.map(\.number) == [3, 4, 5])
        #expect(ring.entries(after: 1) == nil)
        #expect(ring.entries(after: 6) == nil)
        #expect(ring.entries(after: -1) == nil)
    }

    @Test func `bytes bound it as well, and one event may be larger than all of them`() {
        var ring = LiveRing(bytesMax: 100)
        for number in 1...50 { ring.append(Self.entry(number)) }
        #expect(ring.count == 10)
        #expect(ring.byteCount == 100)
        ring.append(Self.entry(51, bytes: 101))
        #expect(ring.count == 0)
        #expect(ring.byteCount == 0)
        #expect(ring.entries(after: 50) == nil)
        #expect(ring.entries(after: 51)?.isEmpty == true)
    }

    @Test func `after a gap nobody goes on from before it`() {
        var ring = LiveRing()
        for number in 1...5 { ring.append(Self.entry(number)) }
        ring.clear()
        #expect(ring.entries(after: 5) == nil)
        #expect(ring.entries(after: ring.last)?.isEmpty == true)
        ring.append(Self.entry(ring.last + 1))
        #expect(ring.entries(after: 5) == nil)
        #expect(ring.entries(after: 6)?.count == 1)
    }

    @Test func `it gives what a list of all events would`() {
        var random = SeededGenerator(seed: 20_261_121)
        var ring = LiveRing(entriesMax: 20, bytesMax: 300)
        var sizes: [Int] = []
        for _ in 0..<3_000 {
            sizes.append(Int.random(in: 1...40, using: &random))
            ring.append(Self.entry(sizes.count, bytes: sizes[sizes.count - 1]))
            var kept = min(20, sizes.count)
            while sizes.suffix(kept).reduce(0, +) > 300 { kept -= 1 }
            #expect(ring.count == kept)
            let after = Int.random(in: 0...(sizes.count + 2), using: &random)
            let expected =
                after > sizes.count || after < sizes.count - kept
                ? nil : Array((after + 1)..<(sizes.count + 1))
            #expect(ring.entries(after: after)?.map(\.number) == expected)
        }
    }

    @Test func `only what was written as a position is one`() {
        let position = LivePosition(boot: "3x9z", number: 17)
        #expect(LivePosition(position.text) == position)
        for text in [
            "", "-", "a", "a-", "-1", "a-b", "a--1", "a-1-2", "A-1", "a-+1", "a- 1", "a-1 ", "ä-1",
            "a-99999999999999999999", "a-٣", String(repeating: "a", count: 99) + "-1",
        ] {
            #expect(LivePosition(text) == nil, "\(text)")
        }
    }

    @Test func `no id makes a ring or a position fail`() {
        var random = SeededGenerator(seed: 7)
        var ring = LiveRing(entriesMax: 10)
        for number in 1...30 { ring.append(Self.entry(number)) }
        let letters = Array("0123456789abcz-+_. \u{0}é٣")
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &random)
            let text = String((0..<count).map { _ in letters.randomElement(using: &random) ?? "-" })
            guard let position = LivePosition(text) else { continue }
            #expect(position.number >= 0)
            let found = ring.entries(after: position.number)
            #expect((20...30).contains(position.number) == (found != nil))
        }
    }
}
