import LoadEngine
import Testing

@testable import swarmkeeper

struct LoadTextTests {
    @Test(
        arguments: [
            ("1000/s", 1000), ("1000", 1000), ("60/m", 1), ("3600/h", 1), ("0.5/s", 0.5),
            ("0", nil), ("0/s", nil), ("-1", nil), ("1/d", nil), ("/s", nil), ("1/s/s", nil),
            ("1e3", nil), ("", nil), ("inf", nil), ("1/", nil), ("9999999999", nil), ("1.2.3", nil),
        ] as [(String, Double?)])
    func `rates are read as people write them`(text: String, expected: Double?) {
        #expect(LoadText.rate(text) == expected)
    }

    @Test func `stages lead to users or to rates`() {
        #expect(
            LoadText.stages("30s:100, 1m30s:0") == [
                .init(duration: .seconds(30), goal: 100, isRate: false),
                .init(duration: .seconds(90), goal: 0, isRate: false),
            ])
        #expect(
            LoadText.stages("10:60/m,0s:0/s") == [
                .init(duration: .seconds(10), goal: 1, isRate: true),
                .init(duration: .zero, goal: 0, isRate: true),
            ])
    }

    @Test(arguments: ["", "30s", "30s:", ":100", "30s:100,", "30s:1:2", "x:1", "1s:x", "1s:-1"])
    func `what is no stage is refused`(text: String) {
        #expect(LoadText.stages(text) == nil)
    }

    @Test(
        arguments: [
            ("500ms", .constant(.milliseconds(500))), ("0", ThinkTime.none),
            ("1s..3s", .uniform(min: .seconds(1), max: .seconds(3))),
            ("exp:2s", .exponential(mean: .seconds(2))), ("3s..1s", nil), ("..", nil),
            ("1s..", nil),
            ("exp:", nil), ("x", nil),
        ] as [(String, ThinkTime?)])
    func `think times are constant, between two, or exponential`(
        text: String, expected: ThinkTime?
    ) {
        #expect(LoadText.thinkTime(text) == expected)
    }

    @Test(
        arguments: [
            ("auto", .automatic), ("exact", .exact), ("1ms", .every(.milliseconds(1))),
            ("0.25ms", .every(.microseconds(250))), ("0", nil), ("2s", nil), ("often", nil),
        ] as [(String, Tick?)])
    func `a tick is a word or a short time`(text: String, expected: Tick?) {
        #expect(LoadText.tick(text) == expected)
    }
}
