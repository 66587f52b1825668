import ControlPlane
import Foundation
import HTTP
import JSON
import Metrics

enum CallbackHandlers {
    /// 500 endpoints with a histogram of 200 keys each fit; the hook sends no more rows.
    static let bodyBytesMax = 4_194_304

    static func receive(_ call: Call, _ kind: Callback.Kind) async throws(Problem) -> Response {
        let callback = try callback(call, kind)
        // To somebody who guesses runs, the token of another run is one that nobody knows.
        guard call.principal.run.map({ $0 == callback.runID }) ?? true else { throw .unauthorized }
        let answer = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.orchestrator.receive(callback)
        }
        return .json(
            200,
            .object([
                "runId": .string(answer.runID.text),
                "leaseSeconds": JSONValue(answer.lease / .seconds(1)),
                "stop": .bool(answer.stop), "duplicate": .bool(answer.isDuplicate),
            ]))
    }

    private static func callback(_ call: Call, _ kind: Callback.Kind) throws(Problem) -> Callback {
        var faults: [FieldError] = []
        let totals = sample(call["totals"], at: "/totals", &faults)
        let endpoints = (call["endpoints"]?.items ?? []).enumerated().map { index, row in
            EndpointSample(
                endpoint: endpoint(row),
                sample: sample(row, at: "/endpoints/\(index)", &faults))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        return Callback(
            kind: kind, runID: RunID(call["runId"]?.text ?? ""),
            tenantID: call["tenantId"]?.text, envID: call["envId"]?.text,
            epoch: call["epoch"]?.text ?? "", sequence: call["sequence"]?.integer ?? 0,
            elapsedSeconds: call["elapsedSeconds"]?.number ?? 0,
            users: call["users"]?.integer ?? 0, workers: call["workers"]?.integer,
            totals: totals, endpoints: endpoints,
            errors: (call["errors"]?.items ?? []).map(error),
            stopReason: call["reason"]?.text.flatMap(Callback.StopReason.init))
    }

    private static func sample(
        _ value: JSONValue?, at pointer: String, _ faults: inout [FieldError]
    ) -> Sample {
        let requests = value?["requests"]?.integer ?? 0
        let failures = value?["failures"]?.integer ?? 0
        if failures > requests {
            faults.append(
                FieldError(
                    pointer: pointer + "/failures",
                    message: "\(failures) is more than the \(requests) requests"))
        }
        return Sample(
            requests: requests, failures: failures, averageMs: value?["avgResponseMs"]?.number,
            minMs: value?["minResponseMs"]?.number, maxMs: value?["maxResponseMs"]?.number,
            histogramDelta: histogram(value?["histogram"], at: pointer + "/histogram", &faults))
    }

    /// Response times in milliseconds, possibly with fractions, as microseconds.
    private static func histogram(
        _ value: JSONValue?, at pointer: String, _ faults: inout [FieldError]
    ) -> Histogram {
        var histogram = Histogram()
        var wrong: [String] = []
        for (key, count) in value?.members ?? [:] {
            guard let milliseconds = Double(key), milliseconds >= 0, milliseconds < 1e12 else {
                wrong.append(key)
                continue
            }
            histogram.record(
                UInt64((milliseconds * 1000).rounded()), count: UInt64(count.integer ?? 0))
        }
        faults += FieldError.collect(wrong.sorted()) { key in
            [
                FieldError(
                    pointer: pointer + "/" + key.pointerEscaped,
                    message: "is no response time in milliseconds")
            ]
        }
        return histogram
    }

    private static func error(_ row: JSONValue) -> ErrorSample {
        ErrorSample(
            endpoint: endpoint(row), message: row["message"]?.text ?? "",
            occurrences: row["occurrences"]?.integer ?? 0,
            firstSeen: row["firstSeen"]?.text.flatMap(Timestamp.parse),
            lastSeen: row["lastSeen"]?.text.flatMap(Timestamp.parse))
    }

    private static func endpoint(_ row: JSONValue) -> Endpoint {
        Endpoint(method: row["method"]?.text ?? "", name: row["name"]?.text ?? "")
    }
}
