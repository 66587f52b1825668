import Comparison
import Thresholds

/// A run that only tells how much runs differ among themselves. One interval tells it, so that of
/// many runs, which can be long, one at a time is in memory with all of its response times.
struct TellingRun {
    private let run: MeasuredCourse
    private let all: Course

    /// - Returns: nil where nothing was measured.
    init?(_ course: MeasuredCourse) async throws(ControlPlaneError) {
        guard let all = try await course.course(of: nil, into: 1) else { return nil }
        self.all = all
        run = course.withoutTimes
    }

    var endpoints: [Endpoint] { run.measurement.endpoints }

    /// - Parameter endpoints: nil for all requests.
    /// - Returns: nil for an endpoint that it does not have.
    func course(of endpoints: [Endpoint]?) async throws(ControlPlaneError) -> Course? {
        guard let endpoints else { return all }
        return try await run.course(of: endpoints, into: 1)
    }
}
