/// As many requests as go through: what does one cost?
struct ThroughputCase: Case {
    let name: CaseName
    let contestants: [Contestant]
    let measures: [Measure]
    let connections: Int
    /// On which cores the contestants run, if not on the one for generators.
    var isOnSharedCores = false
    let server: (Course) throws -> any Server

    func play(_ contestant: Contestant, on course: Course) throws -> Run {
        try course.shoot(
            contestant, at: server(course), connections: connections,
            seconds: course.settings.seconds,
            on: isOnSharedCores ? course.sharedPinning : nil)
    }
}
