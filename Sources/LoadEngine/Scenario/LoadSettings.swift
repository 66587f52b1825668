import Networking

/// How much load to make, and in which way: what a scenario says itself, and what a command line
/// or a control plane says over it. Whatever is nil is left to the other, or to the default that
/// `Scenario.plan` documents.
package struct LoadSettings: Equatable, Sendable {
    package enum Model: String, CaseIterable, Sendable {
        /// Users wait for answers.
        case closed
        /// Iterations begin at their times.
        case open
    }

    package enum Stages: Equatable, Sendable {
        case users([UserCurve.Stage])
        case rates([ArrivalSchedule.Stage])
    }

    package var model: Model?
    /// Users of a closed model; of an open one the most iterations under way at once.
    package var users: Int?
    /// Users per second.
    package var spawnRate: Double?
    /// Iterations per second, of an open model.
    package var rate: Double?
    /// Beginning at `users` or `rate` of the same settings, or at none.
    package var stages: Stages?
    package var duration: Duration?
    package var requestsMax: UInt64?
    package var thinkTime: ThinkTime?
    package var drain: Duration?
    package var tick: Tick?
    package var stopRule: StopRule?
    /// Of requests that have none of their own.
    package var timeout: Duration?
    package var connectTimeout: Duration?
    package var keepsAlive: Bool?
    package var redirectsMax: Int?
    package var verifiesServer: Bool?
    package var resumesSessions: Bool?
    /// Share of the requests that are sent with a trace context, 0...1.
    package var traceShare: Double?
    package var seed: UInt64?
    package var threads: Int?
    package var lease: Duration?
    /// Certificate authorities in PEM format, instead of the system's.
    package var caFile: String?
    package var clientCertificate: TLSSettings.ClientCertificate?

    package init() {}
}
