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
        guard let age = try await testAge() else { return nil }
        let ours = time.uptime - adoptedOrderAt
        guard age < ours - Self.ageDifferenceMax else {
            self.adoptedOrderAt = nil
            return nil
        }
        return "a test that was started \(Int(age.inSeconds)) s ago, and not by this service"
    }

    /// Nil also where the master lives and its report cannot be had: one that is too long, or not
    /// made in time, must not keep our load from being seen and stopped.
    private func testAge() async throws(DriverError) -> Duration? {
        do throws(LocustError) {
            return try await master.testAge()
        } catch {
            switch error {
            case .unreachable, .connectionLost, .cancelled: throw DriverError(error.description)
            default: return nil
            }
        }
    }
}
