/// Everything a `/swarm` form says. A master keeps what a form leaves out from the one before,
/// so a form always says all of it.
package struct SwarmRequest: Equatable, Sendable {
    /// Users over all workers; 0 is a running test without users.
    package var userCount: Int
    /// Users started per second, above 0.
    package var spawnRate: Double
    /// Base URL of the target. Empty keeps the previous one.
    package var host: String
    /// When the master stops by itself, in seconds from this request, ramp included; above 0.
    /// `nil` is no limit, and removes the limit of a test that runs.
    package var runTimeSeconds: Int?
    /// Heeded by masters with `--class-picker` only. Empty is all of them.
    package var userClasses: [String]
    /// Custom arguments by destination name (`swarmkeeper_run_id`). Locust ignores unknown names.
    package var options: [String: String]
    /// For the hook to report with, and sent in a header: a master keeps the fields of a form,
    /// hands them to all of its workers and to the locustfile, and shows some of them to people.
    package var callbackToken: String?

    package init(
        userCount: Int, spawnRate: Double, host: String, runTimeSeconds: Int? = nil,
        userClasses: [String] = [], options: [String: String] = [:],
        callbackToken: String? = nil
    ) {
        self.callbackToken = callbackToken
        self.userCount = userCount
        self.spawnRate = spawnRate
        self.host = host
        self.runTimeSeconds = runTimeSeconds
        self.userClasses = userClasses
        self.options = options
    }

    /// Form fields that are not custom arguments; an option of such a name would override them.
    static let fieldNames: Set<String> = [
        "user_count", "spawn_rate", "host", "run_time", "user_classes", "shape_class",
    ]

    /// What a master would refuse, or take and misread, or `nil`. Checked here because a refused
    /// form still changes the master's options, and before 2.47 hangs in `spawning`.
    var fault: String? {
        if userCount < 0 { return "the user count \(userCount) is negative" }
        if !spawnRate.isFinite || spawnRate <= 0 {
            return "the spawn rate \(spawnRate) is not above 0"
        }
        if let seconds = runTimeSeconds, seconds <= 0 {
            return "a run time of \(seconds) s would mean no limit"
        }
        if let name = options.keys.filter(Self.fieldNames.contains).min() {
            return "\(name) is not a custom argument"
        }
        return nil
    }

    /// The form, custom arguments in the order of their names.
    var fields: [(name: String, value: String)] {
        var fields = [
            ("user_count", String(userCount)),
            ("spawn_rate", String(spawnRate)),
            ("host", host),
            ("run_time", runTimeSeconds.map(String.init) ?? ""),
        ]
        fields += userClasses.map { ("user_classes", $0) }
        fields += options.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return fields
    }
}
