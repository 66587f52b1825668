import Foundation
import JSON

extension LocustMaster {
    /// How long ago the test that the master shows began, by the master's own clock: the only trace
    /// of it without our hook (locust.md, section 1.8). Whole seconds; a reset of the statistics
    /// begins it anew. Nil where the report tells none, as with 2.20 and before the first test.
    ///
    /// The report is about 1 MB and built for each call: not for polling.
    package func testAge() async throws(LocustError) -> Duration? {
        let call = calling("read the report", "GET", "/stats/report")
        let answer = try await answer(to: call)
        guard
            let started = FrontPage.templateArguments(in: answer.body)?["start_time"]?.text
                .flatMap(Self.startTime),
            let now = answer.headers["date"].flatMap(Self.httpDate)
        else { return nil }
        return .seconds(now.timeIntervalSince(started))
    }

    private static func startTime(_ text: String) -> Date? {
        // Another form than this is that of a version that nobody here has seen.
        try? Date(text, strategy: .iso8601)
    }

    /// The preferred form of RFC 9110, section 5.6.7, which is all that a master sends.
    static func httpDate(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text)
    }
}
