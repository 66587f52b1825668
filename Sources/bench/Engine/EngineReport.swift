import Foundation
import JSON

/// What the engine says about its own run.
struct EngineReport {
    let totalRequests: Int
    let dropped: Int
    let inFlightAtEnd: Int
    /// From the intended start in the open model; by the names of percentiles, such as `p99`.
    let latencyMilliseconds: [String: Double]

    init(path: String) throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let value = try JSONReader.document(bytes)
        guard let total = value["totalRequests"]?.integer else {
            throw BenchError("the engine's report lacks totalRequests")
        }
        totalRequests = total
        dropped = value["dropped"]?.integer ?? 0
        inFlightAtEnd = value["inFlightAtEnd"]?.integer ?? 0
        latencyMilliseconds = (value["latencyMs"]?.members ?? [:]).compactMapValues(\.number)
    }
}
