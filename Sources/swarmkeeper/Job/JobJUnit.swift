import Foundation

/// A job's result in the format of JUnit, as Jenkins, GitLab and others read it: a suite for the
/// run, a case for each threshold, and always the case `run completed`, so that a run without
/// thresholds, or without any end, is not nothing.
enum JobJUnit {
    private enum Outcome {
        case passed(note: String?)
        case failure(type: String, message: String)
        case error(type: String, message: String)
        case skipped(message: String)
    }

    private struct Case {
        let name: String
        let outcome: Outcome
    }

    static func document(_ result: JobResult) -> String {
        let cases = distinct([completion(result)] + result.checks.map { threshold($0, result) })
        let name = result.name.isEmpty ? "load test" : result.name
        var failures = 0
        var errors = 0
        var skipped = 0
        for one in cases {
            switch one.outcome {
            case .passed: break
            case .failure: failures += 1
            case .error: errors += 1
            case .skipped: skipped += 1
            }
        }
        let time = seconds(result.duration)
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            "<testsuites \(attribute("name", "swarmkeeper")) \(counts) time=\"\(time)\">",
            "  <testsuite \(attribute("name", name)) \(counts) skipped=\"\(skipped)\" "
                + "time=\"\(time)\"\(timestamp(result))>",
        ]
        lines += properties(result)
        // The time of the run is that of its first case, and no reader's sum counts it twice.
        lines += cases.enumerated().flatMap { index, one in
            text(one, of: name, time: index == 0 ? time : seconds(nil))
        }
        lines += output(result)
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
    }

    /// Of cases with the same name, as of thresholds that differ in their severity, GitLab shows
    /// one: the others are numbered.
    private static func distinct(_ cases: [Case]) -> [Case] {
        var taken: Set<String> = []
        return cases.map { one in
            let name = DisplayWidth.printable(one.name)
            var (number, free) = (1, name)
            while !taken.insert(XMLText.of(free)).inserted {
                number += 1
                free = "\(name) (\(number))"
            }
            return Case(name: free, outcome: one.outcome)
        }
    }

    /// Whether there was a run that came to its end, whatever it has shown.
    private static func completion(_ result: JobResult) -> Case {
        let outcome: Outcome
        switch result.end {
        case .passed: outcome = .passed(note: result.checks.isEmpty ? result.reason : nil)
        case .thresholdsFailed where result.checks.contains { $0.outcome == .broken }:
            outcome = .passed(note: nil)
        case .thresholdsFailed:
            outcome = .failure(type: "thresholdBroken", message: result.reason)
        case .inconclusive: outcome = .skipped(message: result.reason)
        case .failed, .contactLost, .timedOut, .stoppedByOthers, .invalidInput, .aborted:
            outcome = .error(type: result.end.word, message: result.reason)
        }
        return Case(name: "run completed", outcome: outcome)
    }

    private static func threshold(_ check: JobCheck, _ result: JobResult) -> Case {
        let actual = check.actual.map { "measured \($0)" }
        let said = [actual, check.reason].compactMap(\.self).joined(separator: "; ")
        let outcome: Outcome =
            switch check.outcome {
            // Without its end a run shows nothing.
            case _ where !result.isOver: .skipped(message: result.reason)
            case .held: .passed(note: actual)
            case .warned: .passed(note: "warning: \(said)")
            case .broken: .failure(type: "thresholdFailed", message: said)
            case .unknown: .skipped(message: said)
            }
        return Case(name: check.expression, outcome: outcome)
    }

    private static func text(_ one: Case, of suite: String, time: String) -> [String] {
        // Jenkins takes what stands before the last dot of a class for its package.
        let head =
            "    <testcase \(attribute("classname", "swarmkeeper." + suite)) "
            + "\(attribute("name", one.name)) time=\"\(time)\""
        let content: String
        switch one.outcome {
        case .passed(nil): return [head + "/>"]
        case .passed(let note?): content = "<system-out>\(XMLText.of(note))</system-out>"
        case .failure(let type, let message):
            content = element("failure", type, message)
        case .error(let type, let message): content = element("error", type, message)
        case .skipped(let message): content = "<skipped \(attribute("message", message))/>"
        }
        return [head + ">", "      " + content, "    </testcase>"]
    }

    private static func element(_ name: String, _ type: String, _ message: String) -> String {
        "<\(name) \(attribute("type", type)) \(attribute("message", message))>"
            + "\(XMLText.of(message))</\(name)>"
    }

    private static func properties(_ result: JobResult) -> [String] {
        let values = [
            ("resultCode", "\(result.end.code)"), ("result", result.end.word),
            ("runId", result.runID), ("report", result.url),
            ("verdict", result.run["verdict"]?.text), ("endReason", result.run["endReason"]?.text),
        ]
        let lines = values.compactMap { name, value in
            value.map { "      <property \(attribute("name", name)) \(attribute("value", $0))/>" }
        }
        return ["    <properties>"] + lines + ["    </properties>"]
    }

    private static func output(_ result: JobResult) -> [String] {
        let text = JobSummary.lines(result, exitCode: nil).map(XMLText.of).joined(separator: "\n")
        return ["    <system-out>\(text)</system-out>"]
    }

    private static func attribute(_ name: String, _ value: String) -> String {
        "\(name)=\"\(XMLText.of(value))\""
    }

    /// With three decimals, as the schema has them.
    private static func seconds(_ duration: Duration?) -> String {
        String(format: "%.3f", max(0, (duration ?? .zero) / .seconds(1)))
    }

    /// Without a zone, as the schema of Ant has it; in UTC.
    private static func timestamp(_ result: JobResult) -> String {
        guard let start = result.startedAt else { return "" }
        let style = Date.ISO8601FormatStyle(timeZone: .gmt)
            .year().month().day().time(includingFractionalSeconds: false)
        return " timestamp=\"\(start.formatted(style))\""
    }
}
