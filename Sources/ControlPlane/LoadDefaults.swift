/// How much load a scenario asks for by itself; nil where it does not say.
package struct LoadDefaults: Equatable, Sendable {
    /// With stages the most that they have.
    package var users: Int?
    /// Users started per second.
    package var spawnRate: Double?
    package var durationSeconds: Double?

    package init(users: Int? = nil, spawnRate: Double? = nil, durationSeconds: Double? = nil) {
        self.users = users
        self.spawnRate = spawnRate
        self.durationSeconds = durationSeconds
    }
}
