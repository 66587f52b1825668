extension CronExpression {
    /// The names of the manual, with what they stand for.
    static let named: [(name: String, text: String)] = [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"), ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
    ]

    package init(_ text: String) throws(CronError) {
        let length = text.unicodeScalars.count
        guard length <= Self.lengthMax else {
            throw CronError(
                column: Self.lengthMax + 1, reason: "at most \(Self.lengthMax) characters are taken"
            )
        }
        var reader = CronReader(try Self.spelledOut(text))
        let fields = try reader.fields()
        let (minute, hour, day) = (fields[0], fields[1], fields[2])
        let (month, weekday) = (fields[3], fields[4])
        self.text = fields.map(\.text).joined(separator: " ")
        minutes = minute.set.values(in: CronField.minute.range)
        hours = hour.set.values(in: CronField.hour.range)
        days = day.set
        hasLastDay = day.hasLastDay
        months = month.set
        weekdays = weekday.set
        needsBothDays = day.beginsWithStar || weekday.beginsWithStar
        isWild = minute.beginsWithStar || hour.beginsWithStar
        guard hasDays else {
            throw CronError(
                column: day.column, reason: "none of these months has such a day: it never comes")
        }
    }

    private static func spelledOut(_ text: String) throws(CronError) -> String {
        let space: Set<Character> = [" ", "\t"]
        let start = text.drop { space.contains($0) }
        guard start.first == "@" else { return text }
        let word = start.prefix { !space.contains($0) }
        guard start.dropFirst(word.count).allSatisfy({ space.contains($0) }),
            let known = named.first(where: { $0.name == word.lowercased() })
        else {
            throw CronError(
                column: text.unicodeScalars.count - start.unicodeScalars.count + 1,
                reason: "of the names, these are taken, alone: "
                    + named.map(\.name).joined(separator: ", "))
        }
        return known.text
    }
}
