import HTTP
import Networking

extension Connection {
    /// Takes a handler's response, and then the requests that have waited behind it.
    func answer(_ response: Response) {
        handlerFinished()
        giveRoomBack()
        write(response)
        process()
        updateInterest()
    }

    /// Answers what cannot be served, and ends the connection: where the next request would begin
    /// is not known, or not wanted to be.
    func refuse(_ error: ServerError) {
        loop.onDiagnostic("requestRefused", ["code": error.code, "client": remoteAddress])
        form = .unknown
        input.removeAll()
        // A new reader lets go of the body that had arrived.
        reader = Self.makeReader(
            for: remoteAddress, isSecure: stream.isSecure, on: loop, isReserved: isReserved)
        if error.isPassing {
            loop.occupancy.meters.reserve.refuse()
        }
        giveRoomBack()
        enter(.answering)
        write(loop.router.errorResponse(error))
        updateInterest()
    }

    /// Writes head and body at once, as far as the client takes them.
    func write(_ response: Response) {
        if loop.isDraining || isReserved { form.keepsAlive = false }
        if let body = response.stream { return begin(body, response) }
        loop.responseBuffer.removeAll(keepingCapacity: true)
        serialize(response)
        loop.responseBuffer.withUnsafeBytes { send($0) }
        loop.trimResponseBuffer()
        guard stage != .closed else { return }
        if output.isEmpty { finishExchange() } else { enter(.writing) }
    }

    /// Sends, or keeps what cannot be sent now.
    func send(_ bytes: UnsafeRawBufferPointer) {
        guard output.isEmpty else { return keep(bytes) }
        do {
            switch try stream.write(bytes) {
            case .wouldBlock: keep(bytes)
            case .bytes(let count) where count < bytes.count:
                keep(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(count)))
            case .bytes: break
            }
        } catch {
            close()  // The client is gone, and its answer with it.
        }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        guard loop.occupancy.take(outputBytes: bytes.count) else {
            loop.onDiagnostic("answerDropped", ["client": remoteAddress])
            return close()
        }
        output.append(bytes)
    }

    func dropOutput() {
        loop.occupancy.giveBack(outputBytes: output.count)
        output.removeAll()
    }

    /// Goes on sending what the client did not take before.
    func flush() {
        guard !output.isEmpty else { return }
        do {
            let outcome = try output.withSpan { bytes throws(ClientStream.Broken) in
                try bytes.withUnsafeBytes { pointer throws(ClientStream.Broken) in
                    try stream.write(pointer)
                }
            }
            guard case .bytes(let count) = outcome else { return }
            output.removeFirst(count)
            loop.occupancy.giveBack(outputBytes: count)
        } catch {
            return close()
        }
        guard output.isEmpty else { return }
        if streamed != nil {
            enter(.streaming)  // It has taken all that was offered: the next has its own time.
            return goOnStreaming()
        }
        guard stage == .writing else { return }
        finishExchange()
        process()
    }

    /// - Returns: false where another answer takes the place of one that cannot be sent.
    @discardableResult
    func serialize(_ response: Response, framing: ResponseSerializer.Framing = .length) -> Bool {
        do {
            try append(response, framing)
            return true
        } catch {
            loop.onDiagnostic("invalidResponse", ["reason": "\(error)"])
            do {
                try append(loop.router.errorResponse(.invalidResponse), .length)
            } catch {
                // The router's own answers are no better, so the client gets none.
                form.keepsAlive = false
            }
            return false
        }
    }

    private func append(
        _ response: Response, _ framing: ResponseSerializer.Framing
    ) throws(ResponseSerializer.InvalidResponse) {
        let connection: ResponseSerializer.Connection =
            switch (form.keepsAlive, form.version) {
            case (false, _): .close
            case (true, .http10): .keepAlive
            case (true, .http11): .unmentioned
            }
        try ResponseSerializer.append(
            response, to: &loop.responseBuffer, date: loop.date, connection: connection,
            omitsBody: form.omitsBody, framing: framing)
    }

    /// The answer is with the kernel: what comes next?
    func finishExchange() {
        // What is pipelined is still answered, and that answer announces the end.
        if form.keepsAlive, !loop.isDraining || !input.isEmpty { return enter(.idle) }
        stream.endWriting()
        input.removeAll()
        if hasInputEnded { close() } else { enter(.lingering) }
    }
}
