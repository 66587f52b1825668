import API
import ControlPlane
import Foundation
import YAML

/// Freeze windows: two moments, or days of the week with times and a time zone.
extension ConfigurationReader {
    private static let keys = ["name", "from", "to", "days", "timeZone", "stopRuns"]

    mutating func freezes(_ node: Node?) -> [FreezeWindow] {
        var windows: [FreezeWindow] = []
        for item in reader.items(of: node, what: "freeze windows") {
            let fields = reader.fields(of: item, known: Self.keys)
            let name = reader.requiredString("name", in: fields)
            let times = fields["days"] == nil ? once(fields) : weekly(fields)
            let stops = toggle(fields["stopRuns"], "stopRuns")
            guard let name, label(fields["name"], "name") != nil, let times else { continue }
            windows.append(FreezeWindow(name: name, times: times, stopsRuns: stops))
        }
        return windows
    }

    private mutating func once(_ fields: NodeReader.Fields) -> FreezeWindow.Times? {
        if let zone = fields["timeZone"] {
            reader.report(zone.position, "timeZone is for windows with days")
        }
        let from = value("from", in: fields, "such as 2026-12-20T00:00:00Z", Timestamp.parse)
        let to = value("to", in: fields, "such as 2027-01-02T00:00:00Z", Timestamp.parse)
        guard let from, let to else { return nil }
        guard from < to else {
            reader.report(fields["to"]?.position ?? fields.position, "to must be after from")
            return nil
        }
        return .once(from: from, to: to)
    }

    private mutating func weekly(_ fields: NodeReader.Fields) -> FreezeWindow.Times? {
        var days: Set<WeeklyTimes.Day> = []
        for item in reader.items(of: fields["days"], what: "days, such as [mon, tue]") {
            if let day = choice(item, "a day", among: WeeklyTimes.Day.allCases) { days.insert(day) }
        }
        if days.isEmpty, let node = fields["days"] {
            reader.report(node.position, "days must name at least one day, such as [mon, tue]")
        }
        let form = "a time of the day such as 09:00"
        let from = value("from", in: fields, form) { Self.minutes($0, max: 1439) }
        let to = value("to", in: fields, form) { Self.minutes($0, max: 1440) }
        let zone = value("timeZone", in: fields, "a name such as Europe/Berlin or UTC") { text in
            // Foundation takes much else for a time zone.
            let isKnown = text == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(text)
            return isKnown ? TimeZone(identifier: text) : nil
        }
        guard let from, let to, let zone, !days.isEmpty else { return nil }
        // Midnight ends a day rather than begins it.
        let end = to == 0 ? WeeklyTimes.minutesOfDay : to
        return .weekly(WeeklyTimes(days: days, from: from, to: end, timeZone: zone))
    }

    private mutating func value<T>(
        _ name: String, in fields: NodeReader.Fields, _ form: String, _ read: (String) -> T?
    ) -> T? {
        guard let text = reader.requiredString(name, in: fields) else { return nil }
        if let value = read(text) { return value }
        reader.report(fields[name]?.position ?? fields.position, "\(name) must be \(form)")
        return nil
    }

    private static func minutes(_ text: String, max: Int) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            text.utf8.allSatisfy({ 0x30...0x3A ~= $0 }), let hours = Int(parts[0]),
            let minutes = Int(parts[1]), minutes < 60
        else { return nil }
        let all = hours * 60 + minutes
        return all <= max ? all : nil
    }

    mutating func toggle(_ node: Node?, _ what: String) -> Bool {
        guard let node else { return false }
        if case .bool(let value) = node.value { return value }
        reader.report(node.position, "\(what) must be true or false")
        return false
    }
}
