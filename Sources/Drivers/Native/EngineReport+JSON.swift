import ControlPlane
import Foundation
import JSON
import Metrics

/// Reports as the protocol writes them.
extension EngineReport {
    init(_ object: WireObject) throws(WireFault) {
        sequence = try object.count("sequence")
        elapsed = try object.seconds("elapsedSeconds")
        users = try object.count("users")
        totals = try Sample(try object.object("total"))
        endpoints = []
        for row in try object.objects("endpoints") {
            endpoints.append(
                EndpointSample(endpoint: try Endpoint(row), sample: try Sample(row)))
        }
        errors = []
        for row in try object.objects("errors") {
            errors.append(
                ErrorSample(
                    endpoint: try Endpoint(row), message: try row.text("message"),
                    occurrences: try row.count("count"), firstSeen: nil, lastSeen: nil))
        }
        evidence = try EngineEvidence(try object.object("engine"))
        if object["interval"] != nil {
            interval = try GeneratorInterval(try object.object("interval"))
        }
        end = object["end"] == nil ? nil : try EngineEnd(try object.object("end"))
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "sequence": JSONValue(sequence),
            "elapsedSeconds": .double(elapsed.inSeconds),
            "users": JSONValue(users),
            "total": .object(totals.members),
            "endpoints": .array(
                endpoints.map { row in
                    .object(row.sample.members.merging(row.endpoint.members) { $1 })
                }),
            "errors": .array(errors.map(Self.json)),
            "engine": evidence.json, "interval": interval.json,
        ]
        if let end { members["end"] = end.json }
        return .object(members)
    }

    private static func json(_ error: ErrorSample) -> JSONValue {
        var members = error.endpoint.members
        members["message"] = .string(error.message)
        members["count"] = JSONValue(error.occurrences)
        return .object(members)
    }
}

extension Endpoint {
    fileprivate init(_ object: WireObject) throws(WireFault) {
        self.init(method: try object.text("method"), name: try object.text("name"))
    }

    fileprivate var members: [String: JSONValue] {
        ["method": .string(method), "name": .string(name)]
    }
}

extension Sample {
    fileprivate init(_ object: WireObject) throws(WireFault) {
        self.init(
            requests: try object.count("requests"), failures: try object.count("failures"),
            averageMs: try object.optionalAmount("averageMs"),
            minMs: try object.optionalAmount("minMs"), maxMs: try object.optionalAmount("maxMs"))
        guard let text = try object.optionalText("histogram") else { return }
        // Checked here, once: a store that keeps the bytes must be able to read them again.
        guard let data = Data(base64Encoded: text) else {
            throw object.expected("histogram", "base64")
        }
        do {
            _ = try Histogram(decoding: data)
        } catch {
            throw object.expected("histogram", "a histogram: \(error)")
        }
        encodedHistogramDelta = Array(data)
    }

    fileprivate var members: [String: JSONValue] {
        [
            "requests": JSONValue(requests), "failures": JSONValue(failures),
            "averageMs": JSONValue(averageMs), "minMs": JSONValue(minMs),
            "maxMs": JSONValue(maxMs),
            "histogram": JSONValue(
                encodedHistogramDelta.map { Data($0).base64EncodedString() }),
        ]
    }
}
