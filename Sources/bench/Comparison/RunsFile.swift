import Comparison
import Foundation
import Metrics

/// Measured runs as lines of text, to look at them again: `run`, and then for each second its
/// length, requests, failures and response times.
enum RunsFile {
    static func lines(of course: Comparison.Course) -> String {
        let seconds = course.intervals.map { interval in
            let times = Data(interval.responseTimes.encoded()).base64EncodedString()
            return "\(interval.seconds) \(interval.requests) \(interval.failures) \(times)\n"
        }
        return "run\n" + seconds.joined()
    }

    static func read(_ path: String) throws -> [Comparison.Course] {
        var runs: [[Comparison.Course.Interval]] = []
        for line in TextFile.lines(of: path) {
            if line == "run" {
                runs.append([])
            } else if let interval = try interval(line), !runs.isEmpty {
                runs[runs.count - 1].append(interval)
            } else {
                throw BenchError("\(path) has no runs that bench comparison has saved")
            }
        }
        return runs.map(Comparison.Course.init)
    }

    private static func interval(_ line: String) throws -> Comparison.Course.Interval? {
        let words = line.split(separator: " ")
        guard words.count == 4, let seconds = Double(words[0]), let requests = UInt64(words[1]),
            let failures = UInt64(words[2]), let times = Data(base64Encoded: String(words[3]))
        else { return nil }
        return Comparison.Course.Interval(
            seconds: seconds, requests: requests, responseTimes: try Histogram(decoding: times),
            failures: failures)
    }
}
