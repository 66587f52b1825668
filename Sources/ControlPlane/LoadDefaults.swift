/// How much load a scenario asks for by itself; nil where it does not say.
package struct LoadDefaults: Equatable, Sendable {
    /// With stages the most that they have.
    package var users: Int?
    /// Users started per second.
    package var spawnRate: Double?
    package var durationSeconds: Double?
    /// Of an open model, every step counted; 0 where users wait for answers.
    package var requestsPerSecond: Double
    /// Those that it names itself.
    package var hosts: [TargetHost]

    package init(
        users: Int? = nil, spawnRate: Double? = nil, durationSeconds: Double? = nil,
        requestsPerSecond: Double = 0, hosts: [TargetHost] = []
    ) {
        self.users = users
        self.spawnRate = spawnRate
        self.durationSeconds = durationSeconds
        self.requestsPerSecond = requestsPerSecond
        self.hosts = hosts
    }
}
