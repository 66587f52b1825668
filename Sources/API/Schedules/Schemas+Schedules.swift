import ControlPlane
import Schedules

extension Schemas {
    static let cron = Schema.text(1, max: CronExpression.lengthMax)

    static let scheduleInput = ObjectSchema(
        "ScheduleInput",
        [
            required("name", .text(1, max: 200), "What people call it"),
            optional("description", .text(max: 4000), "More about it"),
            required("tenantId", .text(1, max: 100), "The tenant that it belongs to"),
            required(
                "envId", .text(1, max: 100),
                "The tenant's environment. It starts what is in this one, and nothing else"),
            optional("enabled", .boolean, "Whether it has ticks; it has by default"),
            optional("loadTestId", .text(1, max: 100), "The load test to run; or else suiteId"),
            optional("suiteId", .text(1, max: 100), "The suite to start"),
            optional(
                "cron", cron,
                "Minute, hour, day of month, month and day of week as in crontab(5): *, values, "
                    + "names, ranges, steps, lists, L for the last day of a month, @daily and the "
                    + "like. Where both days are given, either is enough, unless one begins with "
                    + "*. A time that clocks skip in spring is met when they are put forward, one "
                    + "that they show twice in autumn the first time; where minute or hour begins "
                    + "with *, the times are all those that clocks show. Or else at",
                example: .string("30 6 * * MON-FRI")),
            optional(
                "timeZone", .text(1, max: 100),
                "Of cron: a name of the IANA database such as Europe/Berlin; UTC by default"),
            optional("at", .timestamp, "A single time"),
            optional("startsAt", .timestamp, "No tick before it"),
            optional("endsAt", .timestamp, "No tick at it or later"),
            optional(
                "overlap", .oneOf(ScheduleSpec.Overlap.allCases.map(\.rawValue)),
                "What becomes of a tick while what an earlier one has started is not over: skip "
                    + "(by default); queue, up to \(Scheduler.waitingMax) of them; cancelPrevious"),
            optional(
                "catchUp", .oneOf(ScheduleSpec.CatchUpPolicy.allCases.map(\.rawValue)),
                "What becomes of ticks that nobody was there for: none happens (by default); the "
                    + "last; all, up to catchUpMax of the last catchUpAgeSeconds. A tick that is "
                    + "up to 60 s late is on time"),
            optional(
                "catchUpMax", .integer(1...CatchUp.countMax),
                "With all; \(ScheduleSpec.catchUpMaxDefault) by default"),
            optional(
                "catchUpAgeSeconds", .duration(60...CatchUp.withinMax / .seconds(1)),
                "With all; a day by default"),
            optional("run", .object(scheduledRunInput), "How a load test is run"),
            optional(
                "labels", labels,
                "Of each run that it starts, also of a suite's: what is tested, such as the branch "
                    + "main, so that the run is compared with others of it",
                example: .object(["branch": .string("main")])),
            optional("createdBy", .text(1, max: 200), claimedBy),
        ])

    private static let scheduledRunInput = ObjectSchema(
        "ScheduledRunInput",
        changeFields + [
            optional(
                "whenBusy", .oneOf(WhenBusy.allCases.map(\.rawValue)),
                "Whether a run waits where there is no room; refuse by default"),
            optional("queueTimeoutSeconds", .duration(1...604_800), "With queue, how long"),
        ])

    /// Of a run of a stored definition.
    static let changeFields: [ObjectSchema.Field] = [
        optional("targetUsers", users, "The definition's by default"),
        optional("spawnRate", spawnRate, "The definition's by default"),
        optional("durationSeconds", duration, "The definition's by default"),
    ]

    static let shownChange: [ObjectSchema.Field] = [
        required("targetUsers", .nullable(.count), "Null for the definition's"),
        required("spawnRate", .nullable(.measure), "Null for the definition's"),
        required("durationSeconds", .nullable(.measure), "Null for the definition's"),
    ]

    static let schedule = ObjectSchema(
        "Schedule",
        [
            required("id", .text(max: 100), "UUID"),
            required("name", .text(max: 200), "What people call it"),
            required("description", .text(max: 4000), "More about it"),
            required("tenantId", .text(max: 100), "Tenant"),
            required("envId", .text(max: 100), "Environment"),
            required("enabled", .boolean, "Whether it has ticks"),
            required(
                "disabledReason", .nullable(.text(max: 10_000)),
                "Why the service has disabled it, such as a load test that was deleted"),
            required("loadTestId", .nullable(.text(max: 100)), "What it runs"),
            required("suiteId", .nullable(.text(max: 100)), "Or starts"),
            required("cron", .nullable(cron), "As it is read"),
            required("timeZone", .nullable(.text(max: 100)), "Of cron"),
            required("at", .nullable(.timestamp), "A single time"),
            required("startsAt", .nullable(.timestamp), "No tick before it"),
            required("endsAt", .nullable(.timestamp), "No tick at it or later"),
            required(
                "overlap", .oneOf(ScheduleSpec.Overlap.allCases.map(\.rawValue)),
                "While an earlier one is not over"),
            required(
                "catchUp", .oneOf(ScheduleSpec.CatchUpPolicy.allCases.map(\.rawValue)),
                "Of ticks that nobody was there for"),
            required("catchUpMax", .count, "With all"),
            required("catchUpAgeSeconds", .measure, "With all"),
            required("run", .object(scheduledRun), "How a load test is run"),
            required("labels", labels, "Of each run that it starts"),
            required(
                "nextTimes",
                .array(.timestamp, countMax: ScheduleHandlers.nextTimesShown),
                "The next \(ScheduleHandlers.nextTimesShown) ticks; none while it is disabled"),
            required("lastTick", .nullable(.object(tick)), "What came of the newest tick"),
            required("version", .count, "Grows with each change; the ETag"),
        ] + audit)

    static let schedulePage = page("SchedulePage", of: schedule)

    private static let scheduledRun = ObjectSchema(
        "ScheduledRun",
        shownChange + [
            required("whenBusy", .oneOf(WhenBusy.allCases.map(\.rawValue)), "Whether it waits"),
            required("queueTimeoutSeconds", .nullable(.measure), "How long"),
        ])

    static let schedulePreview = ObjectSchema(
        "SchedulePreview",
        [
            required("cron", .nullable(cron), "As it is read"),
            required("timeZone", .nullable(.text(max: 100)), "Of cron"),
            required(
                "nextTimes", .array(.timestamp, countMax: ScheduleHandlers.previewMax),
                "The times; fewer than asked for where there are no more"),
        ])

    static let tick = ObjectSchema(
        "ScheduleTick",
        [
            required("time", .timestamp, "The moment that it is for"),
            required(
                "outcome", .oneOf(ScheduleTick.Outcome.allCases.map(\.rawValue)),
                "starting: just now; waiting: for the end of an earlier one; started; skipped: an "
                    + "earlier one was not over; missed: nobody was there for it; refused: as a "
                    + "caller would have been"),
            required("count", .count, "How many ticks it stands for; above 1 for missed ones only"),
            required("runId", .nullable(.text(max: 100)), "The run that it has started"),
            required(
                "suiteRunId", .nullable(.text(max: 100)), "The suite run that it has started"),
            required(
                "code", .nullable(.text(max: 100)), "Of the problem that refused it"),
            required("detail", .nullable(.text(max: 100_000)), "The reason in words"),
            required("decidedAt", .timestamp, "When it came to this outcome"),
        ])

    static let tickPage = page("ScheduleTickPage", of: tick)
}
