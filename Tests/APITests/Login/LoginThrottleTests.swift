import Testing

@testable import API

struct LoginThrottleTests {
    private var throttle = LoginThrottle()
    private let start = Duration.seconds(1000)

    /// How many tries in a row are let in.
    private mutating func tries(
        _ name: String, from address: String, at now: Duration, most: Int = 1000
    ) -> Int {
        (0..<most).first { _ in throttle.begin(name, from: address, at: now) != nil } ?? most
    }

    @Test mutating func `a name from an address has five tries, and then one in 30 s`() {
        #expect(tries("anna", from: "a", at: start) == 5)
        #expect(throttle.begin("anna", from: "a", at: start) == .seconds(30))
        let wait = throttle.begin("anna", from: "a", at: start + .seconds(20)) ?? .zero
        #expect((Duration.seconds(9.9)...(.seconds(10.1))).contains(wait))
        // A try that is refused takes nothing.
        #expect(tries("anna", from: "a", at: start + .seconds(30)) == 1)
        #expect(tries("anna", from: "a", at: start + .seconds(10_000)) == 5)
    }

    @Test mutating func `a success gives back what it took, and forgets the failures`() {
        for _ in 0..<100 {
            #expect(throttle.begin("anna", from: "a", at: start) == nil)
            throttle.succeed("anna", from: "a", at: start)
        }
        #expect(tries("anna", from: "a", at: start, most: 4) == 4)
        throttle.succeed("anna", from: "a", at: start)
        #expect(tries("anna", from: "a", at: start) == 5)
    }

    @Test mutating func `an address has thirty tries for all names together`() {
        var count = 0
        for index in 0..<100 where throttle.begin("n\(index)", from: "a", at: start) == nil {
            count += 1
        }
        #expect(count == 30)
        #expect(throttle.begin("anna", from: "b", at: start) == nil)
    }

    @Test mutating func `many addresses guess at a name no faster than one in 20 s`() {
        var count = 0
        for index in 0..<100 where throttle.begin("anna", from: "a\(index)", at: start) == nil {
            count += 1
        }
        #expect(count == 20)
        #expect(throttle.begin("berta", from: "a1", at: start) == nil)
        #expect(throttle.begin("anna", from: "x", at: start + .seconds(20)) == nil)
        #expect(throttle.begin("anna", from: "y", at: start + .seconds(20)) != nil)
    }

    @Test mutating func `strangers keep nobody out of where they have logged in before`() {
        #expect(throttle.begin("anna", from: "office", at: start) == nil)
        throttle.succeed("anna", from: "office", at: start)
        for second in 1..<2000 {
            let now = start + .seconds(second)
            _ = throttle.begin("anna", from: "stranger \(second)", at: now)
            guard second % 100 == 0 else { continue }
            #expect(throttle.begin("anna", from: "office", at: now) == nil)
            throttle.succeed("anna", from: "office", at: now)
        }
        let now = start + .seconds(2000)
        #expect(throttle.begin("anna", from: "elsewhere", at: now) != nil)
        // And for no longer than they go on.
        #expect(throttle.begin("anna", from: "elsewhere", at: now + .seconds(20)) == nil)
    }

    @Test mutating func `with a new password nobody is known by the old one`() {
        throttle.succeed("anna", from: "office", at: start)
        throttle.forget("anna")
        for index in 0..<20 { _ = throttle.begin("anna", from: "\(index)", at: start) }
        #expect(throttle.begin("anna", from: "office", at: start) != nil)
    }

    @Test mutating func `a flood of names and addresses has a limit and frees nobody`() {
        #expect(tries("anna", from: "a", at: start) == 5)
        for index in 0..<(LoginThrottle.countMax * 2) {
            _ = throttle.begin("n\(index)", from: "x\(index)", at: start)
        }
        #expect(throttle.entryCount <= 3 * LoginThrottle.countMax)
        #expect(throttle.begin("anna", from: "a", at: start) != nil)
    }

    @Test mutating func `a clock that does not move, or moves back, opens nothing`() {
        #expect(tries("anna", from: "a", at: start) == 5)
        #expect(throttle.begin("anna", from: "a", at: .zero) != nil)
        #expect(throttle.begin("anna", from: "a", at: start) != nil)
    }

    @Test(arguments: [
        ("10.0.0.7", "10.0.0.7"), ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"), ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("::1", "::"), ("fe80::1%eth0", "fe80::"), ("what?", "what?"),
    ])
    func `an address of IPv6 stands for its network`(address: String, text: String) {
        #expect(ClientNetwork.text(of: address) == text)
    }
}
