/// How many users of a closed model are active at each time: straight lines between points, the
/// last number held for ever.
package struct UserCurve: Equatable, Sendable {
    package struct Stage: Equatable, Sendable {
        /// Zero for a step.
        package let duration: Duration
        /// At the end of the stage, reached evenly.
        package let users: Int

        package init(duration: Duration, users: Int) {
            self.duration = duration
            self.users = users
        }
    }

    private struct Segment: Equatable, Sendable {
        let start: Double
        let seconds: Double
        let from: Double
        let to: Double
    }

    /// Longest ramp, some three years, which no load outlasts: at a spawn rate near 0 one user more
    /// may take longer than a number of nanoseconds holds.
    private static let rampSecondsMax = 1e8

    private let segments: [Segment]
    private let last: Int
    /// The most users at any time.
    package let usersMax: Int
    /// From the start to the end of the last stage.
    package let duration: Duration

    /// Stages one after the other, beginning with `startUsers`.
    package init(startUsers: Int = 0, stages: [Stage], after delay: Duration = .zero) {
        var segments = [
            Segment(
                start: 0, seconds: delay.seconds, from: Double(startUsers), to: Double(startUsers))
        ]
        var (seconds, users) = (delay.seconds, startUsers)
        for stage in stages {
            let length = stage.duration.seconds
            segments.append(
                Segment(
                    start: seconds, seconds: length, from: Double(users), to: Double(stage.users)))
            (seconds, users) = (seconds + length, stage.users)
        }
        self.segments = segments.filter { $0.seconds > 0 }
        last = users
        usersMax = max(startUsers, stages.map(\.users).max() ?? startUsers)
        duration = stages.reduce(delay) { $0 + $1.duration }
    }

    /// `users`, started at `spawnRate` per second; all at once when that is not finite.
    package init(users: Int, spawnRate: Double) {
        let ramp = Self.ramp(of: users, spawnRate: spawnRate)
        self.init(stages: [Stage(duration: ramp, users: users)])
    }

    private static func ramp(of users: Int, spawnRate: Double) -> Duration {
        guard spawnRate.isFinite, spawnRate > 0 else { return .zero }
        return .seconds(min(Double(users) / spawnRate, rampSecondsMax))
    }

    /// The same up to `elapsed`, and from there to `users` at `spawnRate` per second.
    package func changed(at elapsed: Duration, to users: Int, spawnRate: Double) -> UserCurve {
        let now = count(after: elapsed)
        let ramp = Self.ramp(of: abs(users - now), spawnRate: spawnRate)
        return UserCurve(
            startUsers: now, stages: [Stage(duration: ramp, users: users)], after: elapsed)
    }

    /// Users that are to be active. The first of a ramp begins at once, the last when the ramp's
    /// last step begins.
    package func count(after elapsed: Duration) -> Int {
        let seconds = elapsed.seconds
        guard let segment = segments.last(where: { $0.start <= seconds }),
            seconds < segment.start + segment.seconds
        else { return last }
        return count(at: seconds, in: segment)
    }

    private func count(at seconds: Double, in segment: Segment) -> Int {
        let share = (seconds - segment.start) / segment.seconds
        let exact = segment.from + (segment.to - segment.from) * share
        guard segment.to > segment.from else { return Int(exact.rounded(.up)) }
        // One more than have passed: the user whose turn begins now is active.
        return min(Int(exact.rounded(.down)) + 1, Int(segment.to))
    }

    /// When the count changes next; nil when it never does again.
    package func nextChange(after elapsed: Duration) -> Duration? {
        let seconds = elapsed.seconds
        guard let index = segments.lastIndex(where: { $0.start <= seconds }) else { return nil }
        let segment = segments[index]
        let end = segment.start + segment.seconds
        guard seconds < end else { return nil }
        let slope = (segment.to - segment.from) / segment.seconds
        guard slope != 0 else { return .seconds(end) }
        let now = segment.from + slope * (seconds - segment.start)
        let next = slope > 0 ? now.rounded(.down) + 1 : now.rounded(.up) - 1
        let time = segment.start + (next - segment.from) / slope
        // A time that has passed by a rounding error would be asked for again at once.
        return .seconds(min(max(time, seconds + 1e-6), end))
    }
}
