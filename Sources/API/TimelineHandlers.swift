import ControlPlane
import HTTP
import JSON

enum TimelineHandlers {
    static func timeline(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let wanted = try Pages.request(call)
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.timeline(of: run.id, wanted)
        }
        return Pages.response(page, call) { $0.json }
    }
}

extension TimelineEntry {
    var json: JSONValue {
        .object([
            "number": JSONValue(number), "at": JSONValue(at), "kind": .string(kind.rawValue),
            "detail": .string(detail), "facts": .object(facts),
            "outcome": outcome?.json ?? .null,
        ])
    }
}

extension TimelineEntry.Outcome {
    fileprivate var json: JSONValue {
        .object([
            "at": JSONValue(at), "result": .string(result.rawValue), "detail": .string(detail),
        ])
    }
}

extension Schemas {
    static let timelinePage = page("TimelinePage", of: timelineEntry)

    static let timelineEntry = ObjectSchema(
        "TimelineEntry",
        [
            required("number", .count, "From 1, in the order in which they were stored"),
            required("at", .timestamp, "When"),
            required(
                "kind", .oneOf(TimelineEntry.Kind.allCases.map(\.rawValue)),
                "start, stop and changeUsers are orders to the cluster, stored before they are "
                    + "given; the others tell what was decided or seen"),
            required("detail", .text(max: 10_000), "In words"),
            required("facts", .anyObject(bytesMax: 65_536), "The same for programs"),
            required(
                "outcome", .nullable(.object(outcome)),
                "What became of an order; null as long as nobody knows, and for all others"),
        ])

    private static let outcome = ObjectSchema(
        "OrderOutcome",
        [
            required("at", .timestamp, "When it was known"),
            required(
                "result", .oneOf(TimelineEntry.Outcome.Result.allCases.map(\.rawValue)),
                "refused: nothing has changed there; unknown: it may or may not have been taken; "
                    + "retrying: it has not worked yet and is tried again"),
            required("detail", .text(max: 10_000), "In words"),
        ])
}
