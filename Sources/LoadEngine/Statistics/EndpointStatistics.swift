import Metrics

/// What came back from one endpoint. Mergeable, so that threads and seconds add up; its size does
/// not depend on how many requests there were. Times are recorded in microseconds.
package struct EndpointStatistics: Sendable {
    /// One past the highest status that the parser lets through.
    static let statusEnd = 1000

    /// Requests that are over, with or without a response.
    package private(set) var requests: UInt64 = 0
    package private(set) var failures: UInt64 = 0
    /// Bytes of responses, heads included, and of requests.
    package internal(set) var bytesIn: UInt64 = 0
    package internal(set) var bytesOut: UInt64 = 0
    /// Responses with a status of 3xx, whether followed or not.
    package internal(set) var redirects: UInt64 = 0
    /// From the intended start to the end of the response: what somebody who came at that time has
    /// waited, also while the request waited for a connection. Failed responses included, requests
    /// without a response not.
    package private(set) var latency = Histogram()
    /// From the real start (of sending, or of connecting where a connection was needed) to the end
    /// of the response. In a closed model the same as `latency`, and then empty.
    package private(set) var ownServiceTime = Histogram()
    /// From the real start of sending to the first byte of the response.
    package private(set) var firstByte = Histogram()
    private var statusCounts: [UInt64] = []
    private var failureCounts: [UInt64] = []
    /// The first failure of each kind, in words.
    package private(set) var examples: [FailureKind: String] = [:]
    /// Nil where no response was traced.
    package private(set) var slowestTrace: SlowTrace?

    package init() {}

    /// From the real start to the end of the response.
    package var serviceTime: Histogram { ownServiceTime.isEmpty ? latency : ownServiceTime }

    /// Counts a response and its times in nanoseconds.
    @inline(__always)
    mutating func recordResponse(
        status: Int, latency: Int64, serviceTime: Int64?, firstByte: Int64
    ) {
        requests &+= 1
        self.latency.record(UInt64(max(0, latency)) / 1000)
        if let serviceTime { ownServiceTime.record(UInt64(max(0, serviceTime)) / 1000) }
        self.firstByte.record(UInt64(max(0, firstByte)) / 1000)
        if statusCounts.isEmpty {
            statusCounts = [UInt64](repeating: 0, count: Self.statusEnd)
        }
        if status < Self.statusEnd { statusCounts[status] &+= 1 }
        if status >= 300, status < 400 { redirects &+= 1 }
    }

    /// Says that the response that was counted last is not what was expected.
    mutating func recordFailedResponse(_ kind: FailureKind, _ example: @autoclosure () -> String) {
        failures &+= 1
        note(kind, example())
    }

    /// Counts a request that got no whole response.
    mutating func recordFailure(_ kind: FailureKind, _ example: @autoclosure () -> String) {
        requests &+= 1
        failures &+= 1
        note(kind, example())
    }

    mutating func recordTrace(_ trace: TraceID, microseconds: UInt64) {
        if let slowestTrace, slowestTrace.microseconds >= microseconds { return }
        slowestTrace = SlowTrace(trace: trace, microseconds: microseconds)
    }

    private mutating func note(_ kind: FailureKind, _ example: @autoclosure () -> String) {
        if failureCounts.isEmpty {
            failureCounts = [UInt64](repeating: 0, count: FailureKind.allCases.count)
        }
        failureCounts[kind.rawValue] &+= 1
        if examples[kind] == nil { examples[kind] = example() }
    }

    package mutating func merge(_ other: EndpointStatistics) {
        requests += other.requests
        failures += other.failures
        bytesIn += other.bytesIn
        bytesOut += other.bytesOut
        redirects += other.redirects
        latency.merge(other.latency)
        ownServiceTime.merge(other.ownServiceTime)
        firstByte.merge(other.firstByte)
        statusCounts.add(other.statusCounts)
        failureCounts.add(other.failureCounts)
        examples.merge(other.examples) { first, _ in first }
        if let other = other.slowestTrace {
            recordTrace(other.trace, microseconds: other.microseconds)
        }
    }

    /// Responses by status, the statuses that occurred.
    package var statuses: [(status: Int, count: UInt64)] {
        statusCounts.enumerated().filter { $0.element > 0 }.map { ($0.offset, $0.element) }
    }

    /// Failures by kind, the kinds that occurred.
    package var failuresByKind: [(kind: FailureKind, count: UInt64)] {
        zip(FailureKind.allCases, failureCounts).filter { $0.1 > 0 }.map { ($0.0, $0.1) }
    }
}

extension [UInt64] {
    /// Adds counts of the same things; one that is empty counts nothing.
    fileprivate mutating func add(_ other: [UInt64]) {
        guard !other.isEmpty else { return }
        guard !isEmpty else {
            self = other
            return
        }
        for index in indices { self[index] += other[index] }
    }
}
