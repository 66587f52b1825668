import Networking

/// Many users who mostly wait: what does one take in memory, and when are they all connected?
struct UsersCase: Case {
    let name: CaseName
    let contestants: [Contestant]
    let measures: [Measure]

    /// Descriptors that a generator needs beside its connections.
    private static let descriptorsElse = 100

    func play(_ contestant: Contestant, on course: Course) throws -> Run {
        let users = min(course.settings.users, FileLimit.raise() - Self.descriptorsElse)
        guard name == .memory10k else { return try shoot(contestant, users: users, on: course) }
        let alone = try shoot(contestant, users: 1, on: course)
        var run = try shoot(contestant, users: users, on: course)
        if let few = alone.peakKiB, let many = run.peakKiB {
            run.notes[.memoryPerUser] = Double(many - few) / Double(users - 1)
        }
        return run
    }

    private func shoot(_ contestant: Contestant, users: Int, on course: Course) throws -> Run {
        let log = course.folder.path("connections")
        let delay = Int(course.settings.seconds * 400)
        let server = try TargetServer(
            ["--delay", "\(delay)ms", "--connection-log", log], on: course)
        let start = MonotonicTime.now
        var run = try course.shoot(
            contestant, at: server, connections: users, seconds: course.settings.seconds,
            watching: name == .memory10k)
        let times = try TimeLog.read(from: log)
        if times.count >= users {
            run.notes[.connectSeconds] = Double(times[users - 1] - start.nanoseconds) / 1e9
        } else {
            run.remarks.append("\(contestant.name) made \(times.count) of \(users) connections")
        }
        if users < course.settings.users {
            run.remarks.append("\(users) users instead of \(course.settings.users): ulimit -n")
        }
        return run
    }
}
