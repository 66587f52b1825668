/// Observations of one run that wait for a store which fails, oldest first.
///
/// Bounded, and yet none of them is lost: where there is no room, the two oldest of one reporter
/// become one. Counts are cumulative and histograms add up, so that costs resolution only.
struct HeldObservations: Sendable {
    /// Five minutes of a report each second.
    static let countMax = 300
    /// Of each run: 200 runs that wait then take as much as a small machine can spare.
    static let bytesMax = 1024 * 1024

    private var waiting: [(observation: Observation, bytes: Int)] = []
    private var bytes = 0
    /// One task stores them, so that they arrive in order.
    var areBeingStored = false
    /// Observations that are now part of the next one of their reporter.
    private(set) var mergedCount = 0
    /// Observations for which there was neither room nor a next one.
    private(set) var droppedCount = 0

    var isEmpty: Bool { waiting.isEmpty }
    var count: Int { waiting.count }

    mutating func append(_ observation: Observation) {
        add(observation.compacted, at: waiting.endIndex)
        while waiting.count > Self.countMax || bytes > Self.bytesMax, waiting.count > 1 {
            giveUpOne()
        }
    }

    mutating func takeFirst() -> Observation? {
        waiting.isEmpty ? nil : remove(at: 0)
    }

    /// Gives back what `takeFirst` took and the store did not.
    mutating func putBack(_ observation: Observation) {
        add(observation, at: 0)
    }

    private mutating func giveUpOne() {
        for (index, entry) in waiting.enumerated() {
            let key = entry.observation.key
            let next = waiting[(index + 1)...].firstIndex { later in
                later.observation.key.isOfSameReporter(as: key)
            }
            guard let next else { continue }
            let merged = waiting[next].observation.including(entry.observation)
            _ = remove(at: next)
            add(merged, at: next)
            _ = remove(at: index)
            mergedCount += 1
            return
        }
        _ = remove(at: 0)
        droppedCount += 1
    }

    private mutating func add(_ observation: Observation, at index: Int) {
        let size = observation.approximateBytes
        waiting.insert((observation, size), at: index)
        bytes += size
    }

    private mutating func remove(at index: Int) -> Observation {
        let entry = waiting.remove(at: index)
        bytes -= entry.bytes
        return entry.observation
    }
}

extension Observation.Key {
    fileprivate func isOfSameReporter(as other: Self) -> Bool {
        source == other.source && epoch == other.epoch
    }
}

extension Observation {
    /// The same in less memory.
    fileprivate var compacted: Observation {
        with(
            totals: totals.compacted,
            endpoints: endpoints.map {
                EndpointSample(endpoint: $0.endpoint, sample: $0.sample.compacted)
            })
    }

    /// This observation as it would be if `earlier`, of the same reporter, had never been made.
    fileprivate func including(_ earlier: Observation) -> Observation {
        let before = Dictionary(
            earlier.endpoints.map { ($0.endpoint, $0.sample) }, uniquingKeysWith: { $1 })
        let own = Set(endpoints.map(\.endpoint))
        let ownErrors = Set(errors.map(\.kind))
        return with(
            totals: totals.including(earlier.totals),
            endpoints: endpoints.map { row in
                guard let sample = before[row.endpoint] else { return row }
                return EndpointSample(
                    endpoint: row.endpoint, sample: row.sample.including(sample))
            } + earlier.endpoints.filter { !own.contains($0.endpoint) },
            errors: errors + earlier.errors.filter { !ownErrors.contains($0.kind) },
            generator: earlier.generator.map { generator?.including($0) ?? $0 })
    }

    private func with(
        totals: Sample, endpoints: [EndpointSample], errors: [ErrorSample]? = nil,
        generator: GeneratorInterval? = nil
    ) -> Observation {
        Observation(
            key: key, time: time, users: users, workers: workers, totals: totals,
            endpoints: endpoints, errors: errors ?? self.errors, isFinal: isFinal, engine: engine,
            generator: generator ?? self.generator)
    }

    /// What it takes in memory, within a factor of two or so.
    fileprivate var approximateBytes: Int {
        let rows = endpoints.reduce(0) {
            $0 + $1.sample.approximateBytes + $1.endpoint.method.utf8.count
                + $1.endpoint.name.utf8.count
        }
        let texts = errors.reduce(0) { $0 + 128 + $1.message.utf8.count }
        return 256 + totals.approximateBytes + rows + texts
    }
}

extension ErrorSample {
    fileprivate var kind: [String] { [endpoint.method, endpoint.name, message] }
}

extension Sample {
    fileprivate var compacted: Sample {
        var sample = self
        sample.encodedHistogramDelta = encodedHistogramDelta
        return sample
    }

    /// This cumulative sample with what came before it since the report before that.
    func including(_ earlier: Sample) -> Sample {
        guard var delta = earlier.histogramDelta else { return self }
        var sample = self
        if let own = histogramDelta { delta.merge(own) }
        sample.encodedHistogramDelta = delta.encoded()
        return sample
    }

    fileprivate var approximateBytes: Int { 160 + (encodedHistogramDelta?.count ?? 0) }
}
