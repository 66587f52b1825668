import JSON
import ControlPlane
import Foundation

extension JSONValue {
    /// Seconds of a value that has the shape of a duration.
    var seconds: Double? { number ?? text.flatMap(DurationText.seconds) }
}

extension JSONValue {
    init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    init(_ number: Int?) { self = number.map { .int(Int64($0)) } ?? .null }

    /// Rounded to six decimals: more would be noise. Null for what is not finite.
    init(_ number: Double?) {
        guard let number, number.isFinite else {
            self = .null
            return
        }
        let rounded = (number * 1e6).rounded() / 1e6
        self = .double(rounded.isFinite ? rounded : number)
    }

    init(_ date: Date?) { self = date.map { .string(Timestamp.format($0)) } ?? .null }

    init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }
}

/// Times as RFC 3339 in UTC with milliseconds.
enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func format(_ date: Date) -> String { date.formatted(style) }

    /// Any RFC 3339 time, with or without a fraction of a second, in any zone.
    static func parse(_ text: String) -> Date? {
        // One of the two styles fails for every right text, too; only both failing means wrong.
        (try? style.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
    }
}
