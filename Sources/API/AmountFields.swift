import ControlPlane
import JSON

/// What a body calls the amounts of load that it asks for.
struct AmountFields {
    let users: String
    let spawnRate: String
    let duration: String

    static let ofDefinition = AmountFields(
        users: "defaultUsers", spawnRate: "defaultSpawnRate", duration: "defaultDurationSeconds")

    static let ofRun = AmountFields(
        users: "targetUsers", spawnRate: "spawnRate", duration: "durationSeconds")

    /// Puts into a definition what its body says, where that is silent what its scenario says, and
    /// where that is silent too what holds for everybody.
    ///
    /// - Returns: what of the scenario's amounts no run can have.
    func take(
        from body: [String: JSONValue], into spec: inout LoadTestSpec, _ services: Services
    ) -> [FieldError] {
        let own =
            spec.scenario == nil ? LoadDefaults() : services.orchestrator.loadDefaults(in: spec)
        var faults: [FieldError] = []
        spec.defaultUsers =
            body[users]?.integer.flatMap { Schemas.usersRange.contains($0) ? $0 : nil }
            ?? own.users ?? Self.usersDefault
        spec.defaultSpawnRate = body[spawnRate]?.number ?? own.spawnRate ?? Self.spawnRateDefault
        spec.defaultDurationSeconds =
            body[duration]?.seconds ?? own.durationSeconds ?? Self.durationSecondsDefault
        func check<Amount: Comparable>(
            _ name: String, _ amount: Amount, _ range: ClosedRange<Amount>
        ) {
            guard body[name] ?? .null == .null, !range.contains(amount) else { return }
            faults.append(
                FieldError(
                    pointer: "/\(name)",
                    message: "is needed: the scenario's own \(amount) is not from "
                        + "\(range.lowerBound) to \(range.upperBound)"))
        }
        check(users, spec.defaultUsers, Schemas.usersRange)
        check(spawnRate, spec.defaultSpawnRate, Schemas.spawnRateRange)
        check(duration, spec.defaultDurationSeconds, Schemas.durationRange)
        return faults
    }

    private static let usersDefault = 1
    private static let spawnRateDefault = 1.0
    private static let durationSecondsDefault = 60.0
}
