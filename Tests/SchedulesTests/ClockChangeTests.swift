import Foundation
import Testing

@testable import Schedules

struct ClockChangeTests {
    /// Clocks that are put forward by an hour at the 100th day, and count who asks them.
    private final class Clocks {
        static let change = 100 * WallClock.secondsOfDay + 3600
        private(set) var asked = 0

        func offset(at moment: Int) -> Int {
            asked += 1
            return moment < Self.change ? 3600 : 7200
        }
    }

    @Test(arguments: ["* * * * *", "30 * * * *", "30 2 * * *", "0 12 * * *"])
    func `a next time costs some look-ups also while clocks are put`(text: String) throws {
        let expression = try CronExpression(text)
        for hour in stride(from: -72, through: 72, by: 5) {
            let clocks = Clocks()
            let moment = Clocks.change + hour * 3600 + 1234
            _ = expression.next(
                after: moment, on: WallClock(offsets: { clocks.offset(at: $0) }))
            #expect(clocks.asked < 100, "\(hour) hours")
        }
    }

    @Test func `a change says what clocks show`() {
        let forward = ClockChange(moment: 100_000, before: 0, after: 3600)
        #expect(forward.moments(showing: 99_999) == [99_999])
        #expect(forward.moments(showing: 100_000) == [])
        #expect(forward.moments(showing: 103_599) == [])
        #expect(forward.moments(showing: 103_600) == [100_000])
        let back = ClockChange(moment: 100_000, before: 3600, after: 0)
        #expect(back.moments(showing: 99_999) == [96_399])
        #expect(back.moments(showing: 100_000) == [96_400, 100_000])
        #expect(back.moments(showing: 103_599) == [99_999, 103_599])
        #expect(back.moments(showing: 103_600) == [103_600])
    }

    @Test func `a change is found to the second`() {
        let clocks = Clocks()
        let clock = WallClock(offsets: { clocks.offset(at: $0) })
        for day in 99...101 {
            #expect(
                clock.change(around: day)
                    == ClockChange(moment: Clocks.change, before: 3600, after: 7200))
        }
        #expect(clock.steadyOffset(of: 97) == 3600)
        #expect(clock.steadyOffset(of: 102) == 7200)
    }
}
