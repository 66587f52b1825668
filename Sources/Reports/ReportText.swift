import ControlPlane
import Foundation

/// Numbers and times as people read them, in all forms of a report that are for people.
enum ReportText {
    /// With commas between thousands.
    static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-" + text : text
    }

    /// Three significant digits, or all of them before the point.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        if size >= 100 { return count(Int(max(-9e18, min(value.rounded(), 9e18)))) }
        let decimals = size >= 10 ? 1 : size >= 1 ? 2 : 3
        let scale = pow(10, Double(decimals))
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? count(Int(rounded)) : "\(rounded)"
    }

    /// The same of a difference.
    static func signed(_ value: Double) -> String {
        let text = number(abs(value))
        return text == "0" ? text : (value < 0 ? "−" : "+") + text
    }

    static func milliseconds(_ value: Double?) -> String {
        guard let value else { return "–" }
        return value >= 10_000 ? "\(number(value / 1000)) s" : "\(number(value)) ms"
    }

    static func rate(_ perSecond: Double) -> String { "\(number(perSecond))/s" }

    /// Never rounded to none or to all of them where that is not so.
    static func percent(_ share: Double) -> String {
        if share > 0, share < 0.01 { return "<0.01%" }
        if share < 100, share > 99.99 { return ">99.99%" }
        let rounded = (share * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))%" : "\(rounded)%"
    }

    static func bytes(_ count: Int) -> String {
        var (value, unit) = (Double(count), "B")
        for next in ["kB", "MB", "GB", "TB"] where value >= 1000 {
            (value, unit) = (value / 1000, next)
        }
        return "\(number(value)) \(unit)"
    }

    /// As in `1 h 5 min`, `30 s`.
    static func duration(_ seconds: Double) -> String {
        guard seconds >= 60 else { return "\(number(seconds)) s" }
        let whole = Int(seconds.rounded())
        let parts = [
            (whole / 86_400, "d"), (whole / 3600 % 24, "h"), (whole / 60 % 60, "min"),
            (whole % 60, "s"),
        ]
        return parts.filter { $0.0 > 0 }.prefix(2).map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// The time since the start of a run, as in `1:05` and `2:00:00`; of what came before it with
    /// a minus.
    static func elapsed(_ seconds: Double) -> String {
        guard seconds > -0.5 else { return "−" + elapsed(-seconds) }
        let whole = Int(max(0, seconds).rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        let tail = pad(rest)
        return hours > 0 ? "\(hours):\(pad(minutes)):\(tail)" : "\(minutes):\(tail)"
    }

    /// As in `21 Nov 2026, 22:48:03 UTC`.
    static func moment(_ date: Date) -> String {
        let text = Timestamp.format(date)
        let parts = text.prefix(19).split { "-T".contains($0) }.map(String.init)
        guard parts.count == 4, let month = Int(parts[1]), let day = Int(parts[2]) else {
            return text
        }
        return "\(day) \(months[month - 1]) \(parts[0]), \(parts[3]) UTC"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Text from outside as it may be shown: without what is no character of a page or turns the
    /// direction of the text around it, and no longer than a reader takes it.
    static func shown(_ text: String, max: Int = 300) -> String {
        var shown = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < max else {
                shown.append("…")
                break
            }
            shown.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
        }
        return String(shown)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar == "\n" || scalar == "\t"
        case .surrogate, .unassigned, .privateUse, .lineSeparator, .paragraphSeparator: false
        case .format: scalar == "\u{200D}"  // What joins the parts of one picture.
        default: true
        }
    }
}
