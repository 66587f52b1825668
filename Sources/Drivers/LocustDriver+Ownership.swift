import ControlPlane
import Locust

/// Whose test a master without our hook runs, when an earlier process of the service ordered one.
extension LocustDriver {
    /// How much the age of a test may differ from that of our order: the report tells whole
    /// seconds, a busy master answers late, and our own clock was read before the order was sent.
    static let ageDifferenceMax = Duration.seconds(5)

    /// What the master runs, in words, if it is a younger test than the one that was ordered:
    /// somebody has stopped ours and started another. Nil if it is ours, or nothing tells.
    ///
    /// A reset of the statistics makes a test look younger, too. Ours, taken for somebody else's,
    /// still ends by the master's own timer, 2 s behind its deadline.
    func strangersTest() async throws(DriverError) -> String? {
        guard let adoptedOrderAt else { return nil }
        let age = try await asking { () async throws(LocustError) in
            try await self.master.testAge()
        }
        guard let age else { return nil }
        let ours = time.uptime - adoptedOrderAt
        guard age < ours - Self.ageDifferenceMax else {
            self.adoptedOrderAt = nil
            return nil
        }
        return "a test that was started \(Int(age.inSeconds)) s ago, and not by this service"
    }
}
