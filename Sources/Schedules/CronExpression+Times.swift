extension CronExpression {
    /// A 29th of February that must be of one day of the week may be 40 years away, around a year
    /// such as 2100 that has none.
    private static let daysMax = 41 * 366

    /// The first tick behind a moment, in seconds since 1970.
    func next(after moment: Int, on clock: WallClock) -> Int? {
        // A day that a place skips has its ticks at the start of the next one.
        var day = clock.day(at: moment) - 1
        let last = day + Self.daysMax
        while day <= last {
            let date = CivilDate(number: day)
            guard months.contains(date.month) else {
                day += date.daysLeftInMonth
                continue
            }
            if includes(date), let found = first(on: day, after: moment, clock) {
                // Where clocks are put back over midnight, the next day has begun before.
                guard clock.steadyOffset(of: day) == nil,
                    includes(CivilDate(number: day + 1)),
                    let other = first(on: day + 1, after: moment, clock)
                else { return found }
                return min(found, other)
            }
            day += 1
        }
        return nil
    }

    private func first(on day: Int, after moment: Int, _ clock: WallClock) -> Int? {
        guard let offset = clock.steadyOffset(of: day) else {
            return first(on: day, after: moment, clock.change(around: day))
        }
        let start = day * WallClock.secondsOfDay - offset
        let shown = moment - start
        for hour in hours where (hour + 1) * 3600 > shown {
            for minute in minutes where hour * 3600 + minute * 60 > shown {
                return start + hour * 3600 + minute * 60
            }
        }
        return nil
    }

    /// On a day on or around which clocks are put.
    private func first(on day: Int, after moment: Int, _ change: ClockChange) -> Int? {
        var found: Int?
        for hour in hours {
            for minute in minutes {
                let shown = day * WallClock.secondsOfDay + hour * 3600 + minute * 60
                guard change.latest(showing: shown) > moment else { continue }
                if let found, change.earliest(showing: shown) > found { return found }
                for tick in ticks(showing: shown, change) where tick > moment {
                    found = min(found ?? tick, tick)
                }
            }
        }
        return found
    }

    private func ticks(showing shown: Int, _ change: ClockChange) -> [Int] {
        let moments = change.moments(showing: shown)
        return isWild ? moments : [moments.min() ?? change.moment]
    }
}
