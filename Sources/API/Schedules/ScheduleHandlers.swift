import ControlPlane
import Foundation
import HTTP
import JSON

enum ScheduleHandlers {
    static let nextTimesShown = 5
    /// Enough to see a month of a daily one.
    static let previewMax = 50

    static func create(_ call: Call) async throws(Problem) -> Response {
        let schedule = try await made(call)
        guard !schedule.spec.isEnabled || !schedule.nextTimes(1, after: schedule.mark).isEmpty
        else {
            throw .invalid([
                FieldError(
                    pointer: schedule.spec.at == nil ? "/endsAt" : "/at",
                    message: "leaves no time that is still to come")
            ])
        }
        try await change(schedule.id, call) { () async throws(ControlPlaneError) in
            try await call.services.history.insert(schedule)
        }
        return response(201, schedule, call, location: true)
    }

    private static func made(_ call: Call) async throws(Problem) -> Schedule {
        let now = call.services.time.now
        return Schedule(
            id: ScheduleID(call.newID), spec: try await ScheduleFields.spec(from: call),
            version: 1,
            audit: Audit(at: now, by: call.principal.name, claimed: call["createdBy"]?.text),
            requester: call.principal.identity, mark: now)
    }

    /// The next times are those of now: a schedule goes on.
    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.schedule(ScheduleID(id), in: call.scope)
        }
        guard var found else { return nil }
        if found.version > 1 {
            found.spec = try await ScheduleFields.spec(from: call)
            found.version = 1
            found.disabledBecause = nil
        }
        found.audit = found.audit.asCreated
        return response(201, found, call, location: true)
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        var query = ScheduleQuery(scope: call.scope, page: try Pages.request(call))
        query.tenantID = call.query("tenantId")
        query.envID = call.query("envId")
        query.text = call.query("q")
        let wanted = query
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.schedules(wanted)
        }
        let now = call.services.time.now
        let last = try await lastTicks(of: page.items, call)
        return Pages.response(page, call) { $0.json(at: now, lastTick: last[$0.id]) }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        let schedule = try await find(call)
        let last = try await lastTicks(of: [schedule], call)
        return response(200, schedule, call, lastTick: last[schedule.id])
    }

    static func replace(_ call: Call) async throws(Problem) -> Response {
        let old = try await find(call)
        try call.checkVersion(old.version)
        let spec = try await ScheduleFields.spec(from: call)
        guard spec.environment == old.spec.environment else {
            throw .invalid([
                FieldError(
                    pointer: spec.tenantId == old.spec.tenantId ? "/envId" : "/tenantId",
                    message: "cannot be changed; make a new schedule")
            ])
        }
        var schedule = old
        schedule.replace(
            with: spec, by: call.principal.name, requester: call.principal.identity,
            at: call.services.time.now)
        let changed = schedule
        try await change(changed.id, call) { () async throws(ControlPlaneError) in
            try await call.services.history.update(changed, movesMark: changed.mark != old.mark)
        }
        let last = try await lastTicks(of: [changed], call)
        return response(200, changed, call, lastTick: last[changed.id])
    }

    static func delete(_ call: Call) async throws(Problem) -> Response {
        let schedule = try await find(call)
        try call.checkVersion(schedule.version)
        let version = call.request.headers["If-Match"] == nil ? nil : schedule.version
        try await change(schedule.id, call) { () async throws(ControlPlaneError) in
            try await call.services.history.delete(schedule.id, version: version, in: call.scope)
        }
        return Response(status: 204)
    }

    static func preview(_ call: Call) async throws(Problem) -> Response {
        var spec = ScheduleSpec(name: "", tenantId: "", envId: "")
        var timing = TimingFields(mark: "?") { call.query($0).map { .string($0) } }
        timing.read(into: &spec)
        guard timing.faults.isEmpty else { throw .invalidQuery(timing.faults) }
        let start = call.query("from").flatMap(Timestamp.parse) ?? call.services.time.now
        let count = call.query("count").flatMap { Int($0) } ?? nextTimesShown
        let times = spec.timing?.nextTimes(count, after: start) ?? []
        return .json(
            200,
            .object([
                "cron": JSONValue(spec.cron), "timeZone": JSONValue(spec.timeZone),
                "nextTimes": .array(times.map { JSONValue($0) }),
            ]))
    }

    static func ticks(_ call: Call) async throws(Problem) -> Response {
        let schedule = try await find(call)
        var query = TickQuery(schedule: schedule.id, page: try Pages.request(call))
        query.outcomes = (call.query("outcome") ?? "").split(separator: ",").compactMap {
            ScheduleTick.Outcome(rawValue: String($0))
        }
        let wanted = query
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.ticks(wanted)
        }
        return Pages.response(page, call) { $0.json }
    }

    /// Tells the scheduler whatever comes of it: what a failing store could not confirm may be
    /// stored all the same.
    private static func change(
        _ id: ScheduleID, _ call: Call,
        _ work: @Sendable () async throws(ControlPlaneError) -> Void
    ) async throws(Problem) {
        do throws(Problem) {
            try await call.perform(work)
        } catch {
            await call.services.scheduler.noteChange(of: id)
            throw error
        }
        await call.services.scheduler.noteChange(of: id)
    }

    private static func lastTicks(of schedules: [Schedule], _ call: Call) async throws(Problem)
        -> [ScheduleID: ScheduleTick]
    {
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.lastTicks(of: schedules.map(\.id))
        }
    }

    private static func find(_ call: Call) async throws(Problem) -> Schedule {
        let id = ScheduleID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.schedule(id, in: call.scope)
        }
        guard let found else { throw .notFound("schedule \(id)") }
        return found
    }

    private static func response(
        _ status: Int, _ schedule: Schedule, _ call: Call, lastTick: ScheduleTick? = nil,
        location: Bool = false
    ) -> Response {
        var headers: HeaderFields = ["ETag": "\"\(schedule.version)\""]
        if location { headers.set("Location", "/v1/schedules/\(schedule.id)") }
        return .json(
            status, schedule.json(at: call.services.time.now, lastTick: lastTick),
            headers: headers)
    }
}
