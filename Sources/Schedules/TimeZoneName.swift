import Foundation

/// Names of the IANA database, as the system has it.
package enum TimeZoneName {
    /// - Returns: nil for what is no such name. Abbreviations such as `CET` of Foundation's own,
    ///   and offsets such as `GMT+3`, are none: they know no summer, or not whose.
    package static func zone(_ name: String) -> TimeZone? {
        guard name == "UTC" || known.contains(name) else { return nil }
        return TimeZone(identifier: name)
    }

    private static let known = Set(TimeZone.knownTimeZoneIdentifiers)
}
