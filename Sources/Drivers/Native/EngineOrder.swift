import Addresses
import ControlPlane
import JSON

/// What one engine is to do: the run's order together with the cluster's settings.
package struct EngineOrder: Equatable, Sendable {
    package let runID: String
    package let users: Int
    package let spawnRate: Double
    /// How long the load lasts; it ends by itself then.
    package let duration: Duration
    /// How long it may go on without `EngineRequest.lease`.
    package let lease: Duration
    package let targetURL: String
    package let scenario: JSONValue?
    package let targetsBase64: String?
    package let threads: Int
    package let tls: TLSFiles
    /// Which servers the load may go to, also where redirects lead it.
    package let targets: TargetRules

    init(_ order: LoadOrder, _ settings: NativeSettings) {
        runID = order.runID.text
        users = order.users
        spawnRate = order.spawnRate
        duration = order.duration
        lease = order.lease
        targetURL = order.targetURL
        scenario = order.scenario
        targetsBase64 = order.targetsBase64
        threads = settings.threads
        tls = settings.tls
        targets = order.targets
    }
}

extension EngineOrder {
    init(_ object: WireObject) throws(WireFault) {
        runID = try object.text("runId")
        users = try object.count("users")
        spawnRate = try object.amount("spawnRate")
        duration = try object.seconds("durationSeconds")
        lease = try object.seconds("leaseSeconds")
        targetURL = try object.text("targetUrl")
        scenario = object["scenario"] == .null ? nil : object["scenario"]
        targetsBase64 = try object.optionalText("targetsBase64")
        threads = try object.count("threads")
        let files = try object.object("tls")
        tls = TLSFiles(
            caFile: try files.optionalText("caFile"),
            clientCertificateFile: try files.optionalText("clientCertificateFile"),
            clientKeyFile: try files.optionalText("clientKeyFile"))
        targets = try TargetRules(wire: object)
    }

    var json: JSONValue {
        .object([
            "runId": .string(runID),
            "users": JSONValue(users),
            "spawnRate": .double(spawnRate),
            "durationSeconds": .double(duration.inSeconds),
            "leaseSeconds": .double(lease.inSeconds),
            "targetUrl": .string(targetURL),
            "scenario": scenario ?? .null,
            "targetsBase64": JSONValue(targetsBase64),
            "threads": JSONValue(threads),
            "tls": .object([
                "caFile": JSONValue(tls.caFile),
                "clientCertificateFile": JSONValue(tls.clientCertificateFile),
                "clientKeyFile": JSONValue(tls.clientKeyFile),
            ]),
            "targets": targets.wire,
        ])
    }
}
