import ControlPlane

extension Routes {
    static let schedules: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/schedules", permission: .configure,
            summary: "Have runs of a load test or a suite started by themselves",
            body: Schemas.scheduleInput,
            answers: [.init(201, "The schedule", Schemas.schedule)],
            refusals: [.tooManySchedules], recall: ScheduleHandlers.recall,
            admission: .changes, audit: .action("schedule.create"),
            handler: ScheduleHandlers.create),
        .init(
            method: "GET", path: "/v1/schedules", permission: .read,
            summary: "List schedules, newest first", query: Parameters.schedules,
            answers: [.init(200, "A page of schedules", Schemas.schedulePage)],
            admission: .reads, audit: .none, handler: ScheduleHandlers.list),
        .init(
            method: "GET", path: "/v1/schedules/preview", permission: .read,
            summary: "Tell when a schedule would have its ticks, without making one",
            query: Parameters.schedulePreview,
            answers: [.init(200, "The next times", Schemas.schedulePreview)],
            asksStore: false, admission: .reads, audit: .none, handler: ScheduleHandlers.preview),
        .init(
            method: "GET", path: "/v1/schedules/{id}", permission: .read,
            summary: "Read a schedule, with its next times",
            answers: [.init(200, "The schedule", Schemas.schedule)], refusals: [.notFound],
            admission: .reads, audit: .none, handler: ScheduleHandlers.read),
        .init(
            method: "PUT", path: "/v1/schedules/{id}", permission: .configure,
            summary: "Replace a schedule; with other times, or enabled again, it makes up for "
                + "none that have passed",
            body: Schemas.scheduleInput,
            answers: [.init(200, "The schedule", Schemas.schedule)],
            refusals: [.notFound, .versionConflict], takesIfMatch: true,
            admission: .changes, audit: .action("schedule.replace"),
            handler: ScheduleHandlers.replace),
        .init(
            method: "DELETE", path: "/v1/schedules/{id}", permission: .configure,
            summary: "Delete a schedule and the history of its ticks; what they have started stays",
            answers: [.init(204, "Deleted")], refusals: [.notFound, .versionConflict],
            takesIfMatch: true, admission: .changes, audit: .action("schedule.delete"),
            handler: ScheduleHandlers.delete),
        .init(
            method: "GET", path: "/v1/schedules/{id}/ticks", permission: .read,
            summary: "What came of each tick of a schedule, newest first",
            query: Parameters.ticks,
            answers: [.init(200, "A page of ticks", Schemas.tickPage)], refusals: [.notFound],
            admission: .reads, audit: .none, handler: ScheduleHandlers.ticks),
    ]
}

extension Parameters {
    static let schedules = ofPlaces + page

    static let ofPlaces: [QueryParameter] = [
        .init(name: "tenantId", schema: .text(1, max: 100), description: "Of this tenant"),
        .init(name: "envId", schema: .text(1, max: 100), description: "Of this environment"),
        .init(
            name: "q", schema: .text(1, max: 200), description: "With this in the name or the id"),
    ]

    static let schedulePreview: [QueryParameter] = [
        .init(
            name: "cron", schema: Schemas.cron, description: "Five fields; or else at"),
        .init(
            name: "timeZone", schema: .text(1, max: 100),
            description: "Of cron, such as Europe/Berlin; UTC by default"),
        .init(name: "at", schema: .timestamp, description: "A single time"),
        .init(name: "startsAt", schema: .timestamp, description: "None before it"),
        .init(name: "endsAt", schema: .timestamp, description: "None at it or later"),
        .init(name: "from", schema: .timestamp, description: "Times after this; now by default"),
        .init(
            name: "count", schema: .integer(1...ScheduleHandlers.previewMax),
            description: "How many; \(ScheduleHandlers.nextTimesShown) by default"),
    ]

    static let ticks =
        [
            QueryParameter(
                name: "outcome", schema: .oneOf(ScheduleTick.Outcome.allCases.map(\.rawValue)),
                description: "With one of these outcomes", isList: true)
        ] + page
}
