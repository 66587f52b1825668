import ControlPlane
import Foundation
import HTTP

enum MetricsHandlers {
    /// Steps of a series whose resolution the caller does not say: a chart's width.
    static let stepsByDefault = 300.0

    static func series(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let endpoint = try endpoint(call)
        let samples = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.samples(of: run.id, endpoint: endpoint)
        }
        if let endpoint, samples.isEmpty {
            throw .notFound("endpoint \(endpoint.method) \(endpoint.name) in run \(run.id)")
        }
        let start = run.startRequestedAt ?? run.audit.createdAt
        // The last numbers arrive after the stop and belong to the run.
        let end = max(run.endedAt ?? call.services.time.now, samples.last?.time ?? start)
        let from = call.query("from").flatMap(Timestamp.parse) ?? start
        let to = call.query("to").flatMap(Timestamp.parse) ?? end
        guard from <= to else {
            throw .invalidQuery([
                FieldError(pointer: "?from", message: "must not be after to")
            ])
        }
        let seconds = to.timeIntervalSince(from)
        let resolution =
            call.query("resolution").flatMap(DurationText.seconds)
            ?? max(1, (seconds / stepsByDefault).rounded(.up))
        guard seconds / resolution <= Double(TimeSeries.pointsMax) else {
            throw .invalidQuery([
                FieldError(
                    pointer: "?resolution",
                    message: "gives more than \(TimeSeries.pointsMax) points; take at least "
                        + "\((seconds / Double(TimeSeries.pointsMax)).rounded(.up).plain) s")
            ])
        }
        let series = TimeSeries(
            samples: samples, start: start, window: from...to, resolutionSeconds: resolution)
        return .json(200, series.json(run: run.id, endpoint: endpoint))
    }

    static func summary(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let (history, now) = (call.services.history, call.services.time.now)
        let summary = try await call.perform { () async throws(ControlPlaneError) in
            try await history.summary(of: run, at: now)
        }
        return .json(200, summary.json(of: run))
    }

    private static func endpoint(_ call: Call) throws(Problem) -> Endpoint? {
        switch (call.query("method"), call.query("name")) {
        case (nil, nil): return nil
        case (let method?, let name?): return Endpoint(method: method, name: name)
        case (nil, _):
            throw .invalidQuery([FieldError(pointer: "?method", message: "is needed with name")])
        case (_, nil):
            throw .invalidQuery([FieldError(pointer: "?name", message: "is needed with method")])
        }
    }
}
