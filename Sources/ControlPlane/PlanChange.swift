/// What a run of a stored definition has otherwise than the definition says; nil is as it says.
package struct PlanChange: Equatable, Sendable, Codable {
    package var targetUsers: Int?
    package var spawnRate: Double?
    package var durationSeconds: Double?

    package init() {}

    package func plan(of spec: LoadTestSpec) -> RunPlan {
        RunPlan(
            targetUsers: targetUsers ?? spec.defaultUsers,
            spawnRate: spawnRate ?? spec.defaultSpawnRate,
            durationSeconds: durationSeconds ?? spec.defaultDurationSeconds,
            minWorkersShare: spec.minWorkersShare, thresholds: spec.thresholds,
            metadata: spec.metadata)
    }
}
