import ControlPlane
import LoadEngine

extension EngineOrder {
    /// A stop that takes longer than this would look like one that does not work.
    static let drainMax = Duration.seconds(30)

    /// Who watches a start sees numbers within a second.
    static let firstReport = Duration.milliseconds(500)

    /// What the engine has to run.
    package func plan() throws(OrderFault) -> LoadPlan {
        var settings = LoadSettings()
        settings.users = users
        settings.spawnRate = spawnRate
        settings.duration = duration
        settings.lease = lease
        settings.threads = threads
        settings.caFile = tls.caFile
        if let certificate = tls.clientCertificateFile, let key = tls.clientKeyFile {
            settings.clientCertificate = .init(certificateFile: certificate, keyFile: key)
        }
        let test = NativeTest(
            scenario: scenario, targetsBase64: targetsBase64, targetURL: targetURL)
        var plan = try test.plan(settings, usersMax: users)
        plan.targets = targets
        plan.firstReport = Self.firstReport
        plan.limits.drain = min(plan.limits.drain, Self.drainMax)
        return plan
    }
}
