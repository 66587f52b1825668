import ControlPlane
import LoadEngine

/// How much load, as it is written on a command line.
enum LoadText {
    /// One stage of a ramp: where it leads, and whether that is a rate by its unit.
    struct Stage: Equatable {
        let duration: Duration
        let goal: Double
        let isRate: Bool
    }

    /// `30s`, `1m30s`, `250ms`, or seconds.
    static func duration(_ text: String) -> Duration? {
        DurationText.seconds(text).flatMap { $0 < 1e9 ? .seconds($0) : nil }
    }

    /// Arrivals per second: `1000`, `1000/s`, `60/m`, `3600/h`; above 0.
    static func rate(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units = ["s": 1.0, "m": 60, "h": 3600]
        guard parts.count <= 2, let value = number(parts[0]),
            let seconds = parts.count == 2 ? units[String(parts[1])] : 1, value > 0
        else { return nil }
        return value / seconds
    }

    /// `30s:100,1m:100,10s:0` for users, `30s:100/s,1m:100/s` for rates.
    static func stages(_ text: String) -> [Stage]? {
        var stages: [Stage] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            guard words.count == 2,
                let duration = duration(words[0].trimmed), let goal = goal(words[1].trimmed)
            else { return nil }
            stages.append(Stage(duration: duration, goal: goal.value, isRate: goal.isRate))
        }
        return stages
    }

    private static func goal(_ text: String) -> (value: Double, isRate: Bool)? {
        guard text.contains("/") else { return number(text[...]).map { ($0, false) } }
        // A ramp may lead to nothing, which a rate of its own may not be.
        if text.hasPrefix("0/") { return (0, true) }
        return rate(text).map { ($0, true) }
    }

    /// `500ms`, `100ms..2s` evenly spread, `exp:1s` as between independent events.
    static func thinkTime(_ text: String) -> ThinkTime? {
        if let rest = text.dropping(prefix: "exp:") {
            return duration(rest).map { .exponential(mean: $0) }
        }
        guard let dots = text.firstRange(of: "..") else {
            return duration(text).map { $0 == .zero ? .none : .constant($0) }
        }
        guard let least = duration(String(text[..<dots.lowerBound])),
            let most = duration(String(text[dots.upperBound...])), least <= most
        else { return nil }
        return .uniform(min: least, max: most)
    }

    /// `auto`, `exact`, or a time such as `1ms`.
    static func tick(_ text: String) -> Tick? {
        switch text {
        case "auto": .automatic
        case "exact": .exact
        default:
            // A tick as long as a second would be no open model any more.
            duration(text).flatMap { $0 > .zero && $0 <= .seconds(1) ? .every($0) : nil }
        }
    }

    private static func number(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else {
            return nil
        }
        // More than a machine can do in a lifetime is a slip.
        return Double(text).flatMap { $0 <= 1e9 ? $0 : nil }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension String {
    fileprivate func dropping(prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
