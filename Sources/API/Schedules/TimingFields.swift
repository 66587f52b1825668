import ControlPlane
import Foundation
import JSON
import Schedules

/// The fields that say when a schedule has its ticks, of a body or of a query.
struct TimingFields {
    private let value: (String) -> JSONValue?
    /// What stands before a field's name where it is told what is wrong with it.
    private let mark: String
    private(set) var faults: [FieldError] = []

    init(mark: String, _ value: @escaping (String) -> JSONValue?) {
        self.mark = mark
        self.value = value
    }

    /// Fills in what is right, and notes what is not.
    mutating func read(into spec: inout ScheduleSpec) {
        spec.at = date("at")
        spec.startsAt = date("startsAt")
        spec.endsAt = date("endsAt")
        switch (value("cron")?.text, spec.at) {
        case (let text?, nil): readCron(text, into: &spec)
        case (nil, _?):
            if value("timeZone") != nil { fault("timeZone", "goes with cron: at has its own") }
        case (nil, nil): fault("cron", "or at must be given")
        case (_?, _?): fault("at", "must not be given together with cron")
        }
        if let start = spec.startsAt, let end = spec.endsAt, end <= start {
            fault("endsAt", "must be later than startsAt")
        }
    }

    private mutating func readCron(_ text: String, into spec: inout ScheduleSpec) {
        let zone = value("timeZone")?.text ?? "UTC"
        if TimeZoneName.zone(zone) == nil {
            fault("timeZone", "is no time zone of the IANA database, such as Europe/Berlin or UTC")
        }
        do {
            spec.cron = try CronExpression(text).text
            spec.timeZone = zone
        } catch {
            fault("cron", "is wrong at character \(error.column): \(error.reason)")
        }
    }

    private mutating func fault(_ name: String, _ message: String) {
        faults.append(FieldError(pointer: mark + name, message: message))
    }

    /// To the millisecond, as it is stored.
    private func date(_ name: String) -> Date? {
        value(name)?.text.flatMap(Timestamp.parse).map {
            Date(timeIntervalSince1970: ($0.timeIntervalSince1970 * 1000).rounded() / 1000)
        }
    }
}
