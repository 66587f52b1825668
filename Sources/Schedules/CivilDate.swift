/// A date of the Gregorian calendar, in whatever place.
struct CivilDate: Equatable {
    let year: Int
    let month: Int
    let day: Int
    /// 0 is a Sunday.
    let weekday: Int

    static let leapYear = 2000

    /// - Parameter number: days since 1970-01-01, which was a Thursday.
    ///
    /// In years that begin in March, so that the leap day comes last (Hinnant, "chrono-compatible
    /// low-level date algorithms").
    init(number: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        weekday = ((number + 4) % 7 + 7) % 7
    }

    /// How many days its month has from this one on, with this one.
    var daysLeftInMonth: Int { Self.days(of: month, in: year) - day + 1 }

    static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
