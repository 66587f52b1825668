import Foundation
import Metrics

/// One measurement of a run: polled from the master, called back by the hook, or reported by the
/// native engine. Its counts are
/// cumulative since the start of the run, so a lost observation costs resolution and no requests.
package struct Observation: Equatable, Sendable {
    package enum Source: String, Sendable, Codable {
        case poll
        case callback
        /// Unlike the others, its counts are exact at their time: nothing on the way is cached.
        case engine
    }

    /// What makes an observation the same as another: seen twice, it counts once.
    package struct Key: Hashable, Sendable {
        package let source: Source
        /// The reporting process: sequences of different processes do not compare.
        package let epoch: String
        /// From 1, growing within one epoch.
        package let sequence: Int

        package init(source: Source, epoch: String, sequence: Int) {
            self.source = source
            self.epoch = epoch
            self.sequence = sequence
        }
    }

    package let key: Key
    package let time: Date
    package let users: Int
    /// Workers that take part; nil where the source does not tell.
    package let workers: Int?
    package let totals: Sample
    package let endpoints: [EndpointSample]
    package let errors: [ErrorSample]
    /// No later observation of this source will change the numbers.
    package let isFinal: Bool
    /// What the native engine tells of itself; nil from other sources.
    package let engine: EngineEvidence?
    /// What the generator tells of the time since its report before; nil where it tells nothing.
    package let generator: GeneratorInterval?

    package init(
        key: Key, time: Date, users: Int, workers: Int?, totals: Sample,
        endpoints: [EndpointSample], errors: [ErrorSample], isFinal: Bool = false,
        engine: EngineEvidence? = nil, generator: GeneratorInterval? = nil
    ) {
        self.key = key
        self.time = time
        self.users = users
        self.workers = workers
        self.totals = totals
        self.endpoints = endpoints
        self.errors = errors
        self.isFinal = isFinal
        self.engine = engine
        self.generator = generator
    }
}

/// Counts and response times, cumulative since the start of the run; times in milliseconds.
package struct Sample: Equatable, Sendable {
    package var requests: Int
    package var failures: Int
    /// Response-time figures are nil as long as there is no response.
    package var averageMs: Double?
    package var minMs: Double?
    package var maxMs: Double?
    /// The source's own percentiles since the start, where it has no histogram.
    package var p50Ms: Double?
    package var p95Ms: Double?
    package var p99Ms: Double?
    private var delta = HistogramDelta.none

    package init(
        requests: Int = 0, failures: Int = 0, averageMs: Double? = nil, minMs: Double? = nil,
        maxMs: Double? = nil, p50Ms: Double? = nil, p95Ms: Double? = nil, p99Ms: Double? = nil,
        histogramDelta: Histogram? = nil
    ) {
        self.requests = requests
        self.failures = failures
        self.averageMs = averageMs
        self.minMs = minMs
        self.maxMs = maxMs
        self.p50Ms = p50Ms
        self.p95Ms = p95Ms
        self.p99Ms = p99Ms
        self.histogramDelta = histogramDelta
    }

    /// Response times since the source's previous observation, in microseconds. Decoded anew at
    /// each access where the sample comes from a store.
    package var histogramDelta: Histogram? {
        get { delta.histogram }
        set { delta = newValue.map { .decoded($0) } ?? .none }
    }

    /// The same as `Histogram.encoded()` gives it, and as a store gives it back.
    package var encodedHistogramDelta: [UInt8]? {
        get { delta.bytes }
        set { delta = newValue.map { .encoded($0) } ?? .none }
    }
}

/// One endpoint, as the locustfile names it.
package struct Endpoint: Hashable, Sendable {
    package let method: String
    package let name: String

    package init(method: String, name: String) {
        self.method = method
        self.name = name
    }
}

package struct EndpointSample: Equatable, Sendable {
    package let endpoint: Endpoint
    package var sample: Sample

    package init(endpoint: Endpoint, sample: Sample) {
        self.endpoint = endpoint
        self.sample = sample
    }
}

/// One kind of failure at one endpoint, counted since the start of the run.
package struct ErrorSample: Equatable, Sendable {
    package let endpoint: Endpoint
    package let message: String
    package let occurrences: Int
    /// By the clock of the worker that saw it; nil where the worker does not tell.
    package let firstSeen: Date?
    package let lastSeen: Date?

    package init(
        endpoint: Endpoint, message: String, occurrences: Int, firstSeen: Date?, lastSeen: Date?
    ) {
        self.endpoint = endpoint
        self.message = message
        self.occurrences = occurrences
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
    }
}
