import Testing

@testable import Networking

struct MonotonicTimeTests {
    @Test func `time never runs backwards`() {
        let (first, second) = (MonotonicTime.now, MonotonicTime.now)
        #expect(first <= second)
        #expect(second - first >= .zero)
    }

    @Test(arguments: [
        (Duration.milliseconds(2), Int64(2_000_005)),
        (.nanoseconds(-5), 0),
        (.seconds(Int64.max), .max),
        (.seconds(9_223_372_036), 9_223_372_036_000_000_005),
    ])
    func `adding ends at the far future instead of overflowing`(
        duration: Duration, expected: Int64
    ) {
        #expect((MonotonicTime(nanoseconds: 5) + duration).nanoseconds == expected)
    }
}
