import HTTP
import Networking

extension Connection {
    /// Reads once. What is left is reported again, after others had their turn.
    func receive() {
        let bytesMax =
            stage.isReceiving || stage == .lingering
            ? Int.max : loop.limits.pipelinedBytesMax - input.count
        guard bytesMax > 0, !hasInputEnded, stage != .closed else { return }
        do {
            switch try loop.read(from: stream, bytesMax: bytesMax, into: &input) {
            case .bytes: break
            case .wouldBlock: return
            case .endOfStream: noteInputEnd()
            }
        } catch {
            return close()  // Reset by the client, who therefore needs no answer.
        }
        if stage == .lingering {
            input.removeAll()
            if hasInputEnded { close() }
        } else {
            process()
        }
    }

    private func noteInputEnd() {
        hasInputEnded = true
        // Who has left for good looks the same. One who still listens gets a proper end.
        if streamed != nil { endStream() }
    }

    /// Reads requests from what has arrived until one has to be waited for.
    func process() {
        while stage.isReceiving {
            guard !input.isEmpty else { return waitForInput() }
            do {
                let (step, byteCount) = try input.withSpan { bytes throws(ServerError) in
                    try reader.step(bytes)
                }
                input.removeFirst(byteCount)
                switch step {
                case .exchange(let exchange):
                    guard takeRoom(forBody: exchange.bodyByteCount) else {
                        return refuse(.tooManyBodies)
                    }
                    begin(exchange)
                case .expectsContinue: welcomeBody()
                case .needsMore:
                    guard takeRoom(forBody: reader.bodyByteCount) else {
                        return refuse(.tooManyBodies)
                    }
                    // Behind a head there may already be some of its body.
                    if input.isEmpty || byteCount == 0 { return waitForInput() }
                }
            } catch {
                return refuse(error)
            }
        }
    }

    private func waitForInput() {
        // Half a request will never become a whole one, and between two it is a proper end.
        if hasInputEnded { return close() }
        if reader.isInBody { return enter(.body) }
        enter(input.isEmpty ? .idle : .head)
    }

    private func welcomeBody() {
        // Whoever has begun to send the body does not wait (RFC 9110, section 10.1.1).
        guard input.isEmpty else { return }
        ResponseSerializer.continue100.withUnsafeBytes { send($0) }
    }

    private func begin(_ exchange: Exchange) {
        form = exchange.form
        enter(.answering)
        switch exchange.action {
        case .answer(let response): write(response)
        case .run(let route, let request):
            run(route, on: request)
        }
    }

    /// Handlers of bodiless requests start here on the loop's thread and leave it where they
    /// first wait: usually they only look something up, and two changes of thread cost more than
    /// that. A body has to be decoded first, for which a loop has no time.
    private func run(_ route: Route, on request: Request) {
        let (id, mailbox, meter) = (id, loop.mailbox, loop.occupancy.meters.handlers)
        let ordered = ContinuousClock.now
        handlerStarted()
        meter.enter()
        let work: @Sendable () async -> Void = {
            let begun = ContinuousClock.now
            meter.record(begun - ordered, at: begun)
            let response = await route.handler(request)
            meter.leave()
            if !mailbox.post(.answer(id, response)) { response.stream?.release() }
        }
        if let executor = route.executor {
            Task(executorPreference: executor, operation: work)
        } else if request.body.isEmpty {
            Task.immediate(operation: work)
        } else {
            Task(operation: work)
        }
    }
}
