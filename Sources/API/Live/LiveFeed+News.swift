import ControlPlane
import Foundation
import JSON

/// What is told of what was stored.
extension LiveFeed {
    func takeNews() async {
        let (news, haveBeenLost) = events.takeAll()
        if haveBeenLost { beginAnew() }
        for event in news { await take(event) }
    }

    private func take(_ event: LiveEvents.Event) async {
        switch event {
        case .run(let run):
            if tracks[run] != nil || unread.contains(run) || !ended.contains(run) {
                await tellRun(run)
            }
        case .timeline(let run, let number): await tellLine(number, of: run)
        case .observation(let run, let observation, let numbers):
            await tell(observation, numbers, of: run)
        case .numbers(let run, let numbers):
            guard let track = tracks[run] else { return }
            tell(.run(run, track.environment), wide: ("sample", numbers.live(of: run)))
        }
    }

    /// Something is missing, and nobody knows what.
    private func beginAnew() {
        logger.warning("events of runs were lost")
        unread.formUnion(tracks.keys)
        for reader in readers.values {
            if case .run(let id) = reader.watch { unread.insert(id) }
        }
        // Lines are read from the store, so that none is missing; samples begin anew.
        for id in tracks.keys { tracks[id]?.steps = nil }
        ring.clear()
        for number in readers.keys where readers[number]?.isFollowing == true {
            readers[number]?.body.offer(
                LiveFrame.reset("more has happened than could be told", at: position))
        }
    }

    // MARK: Runs

    /// Tells what a run has become; for one that is over, the last that there is to tell.
    ///
    /// - Parameter told: the last line that was told already, where that is known.
    func tellRun(_ id: RunID, after told: Int? = nil) async {
        let record: RunRecord
        var track: Track
        do throws(ControlPlaneError) {
            guard let found = try await history.run(id, in: .everything) else {
                unread.remove(id)
                return
            }
            record = found
            track = try await known(record.run, after: told)
            for line in try await history.allLines(of: id, after: track.lineNumber) {
                tell(line, of: id, in: track.environment)
                track.lineNumber = line.number
            }
        } catch {
            unread.insert(id)
            return
        }
        unread.remove(id)
        let audience = LiveEntry.Audience.run(id, track.environment)
        if record.run.state.isOver, let point = track.steps?.finish(with: record.lastMetrics) {
            tell(audience, narrow: ("sample", point.live(of: id)))
        }
        let shown = ("run", await RunHandlers.shown(record, orchestrator))
        tell(audience, narrow: shown, wide: shown)
        guard record.run.state.isOver else {
            tracks[id] = track
            return
        }
        tracks[id] = nil
        tell(audience, narrow: ("end", record.run.liveEnd), isEnd: true)
        noteEnd(of: id)
    }

    private func known(_ run: Run, after told: Int?) async throws(ControlPlaneError) -> Track {
        if let track = tracks[run.id] { return track }
        if let told, !unread.contains(run.id) {
            return Track(environment: run.spec.environment, lineNumber: told)
        }
        // Of a run of an earlier process only what is new is told: its last line may be.
        var lineNumber = 0
        if run.audit.createdAt < startedAt {
            lineNumber = max(
                0, (try await history.allLines(of: run.id, after: 0).last?.number ?? 0) - 1)
        }
        return Track(environment: run.spec.environment, lineNumber: lineNumber)
    }

    // MARK: Lines

    private func tellLine(_ number: Int, of id: RunID) async {
        guard var track = tracks[id] else { return await tellRun(id, after: number - 1) }
        do throws(ControlPlaneError) {
            // One that was told already has an outcome now.
            let first = min(track.lineNumber, number - 1)
            let isOld = number <= track.lineNumber
            for line in try await history.allLines(of: id, after: first)
            where line.number > track.lineNumber || (isOld && line.number == number) {
                tell(line, of: id, in: track.environment)
                track.lineNumber = max(track.lineNumber, line.number)
            }
            tracks[id] = track
        } catch {
            unread.insert(id)
        }
    }

    private func tell(_ line: TimelineEntry, of run: RunID, in environment: EnvironmentKey) {
        let shown = ("timeline", line.json.with("runId", .string(run.text)))
        tell(.run(run, environment), narrow: shown, wide: shown)
    }

    // MARK: Samples

    private func tell(_ observation: Observation, _ numbers: LastMetrics?, of id: RunID) async {
        if tracks[id] == nil, !ended.contains(id) { await tellRun(id) }
        guard var track = tracks[id] else { return }  // It is over, or cannot be read now.
        if track.steps == nil {
            do throws(ControlPlaneError) {
                track.steps = try await steps(of: id, before: observation)
            } catch {
                unread.insert(id)
                return
            }
        }
        let point = track.steps?.step(observation)
        tracks[id] = track
        guard point != nil || numbers != nil else { return }
        tell(
            .run(id, track.environment), narrow: point.map { ("sample", $0.live(of: id)) },
            wide: numbers.map { ("sample", $0.live(of: id)) })
    }

    private func steps(of id: RunID, before observation: Observation)
        async throws(ControlPlaneError) -> LiveSteps
    {
        guard let run = try await history.run(id, in: .everything)?.run else {
            throw .unknownRun(id)
        }
        let samples = try await history.samples(of: id, endpoint: nil)
        // The observation is stored already, with a time in whole milliseconds.
        let before = observation.time.addingTimeInterval(-0.001)
        return LiveSteps(
            start: run.startRequestedAt ?? run.audit.createdAt,
            history: samples.filter { $0.time < before })
    }
}

extension RunStore {
    /// Every line of a run's timeline behind one of them.
    fileprivate func allLines(of run: RunID, after number: Int) async throws(ControlPlaneError)
        -> [TimelineEntry]
    {
        var lines: [TimelineEntry] = []
        var page = PageRequest(
            limit: PageRequest.limitMax, after: PageMark(value: "\(number)", id: run.text))
        while true {
            let found = try await timeline(of: run, page)
            lines += found.items
            guard let next = found.next else { return lines }
            page.after = next
        }
    }
}

// MARK: What readers see

extension JSONValue {
    /// An object with one member more.
    func with(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[name] = value
        return .object(members)
    }
}

extension TimeSeries.Point {
    fileprivate func live(of run: RunID) -> JSONValue { json.with("runId", .string(run.text)) }
}

extension LastMetrics {
    fileprivate func live(of run: RunID) -> JSONValue { json.with("runId", .string(run.text)) }
}

extension Run {
    var liveEnd: JSONValue {
        .object([
            "runId": .string(id.text), "state": .string(state.rawValue),
            "endReason": JSONValue(endReason?.rawValue),
        ])
    }
}
