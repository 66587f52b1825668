import Foundation

/// The newest numbers of a run: what a person looks at first. Response times in milliseconds.
package struct LastMetrics: Equatable, Sendable, Codable {
    package var timestamp: Date
    /// Requests per second over the last `RunNumbers.rateWindow` while load is on; over the whole
    /// run once it is over.
    package var totalRps: Double
    package var totalRequests: Int
    package var totalFailures: Int
    /// Failed requests in per cent of all; 0 without requests.
    package var errorRate: Double
    /// Response-time figures are nil as long as there is no response.
    package var avgResponseMs: Double?
    package var minResponseMs: Double?
    package var maxResponseMs: Double?
    package var p50ResponseMs: Double?
    package var p95ResponseMs: Double?
    package var p99ResponseMs: Double?
    package var currentUsers: Int
}
