import HTTP
import Networking

/// Bodies that are made while they are sent. What a client has not taken waits in the body, which
/// is bounded; only when it has taken all that was offered to it, it is offered more.
extension Connection {
    /// Offered to a client at once: several events, and little to hold for one that stalls.
    private static let streamBytesAtOnce = 16_384

    func begin(_ body: StreamedBody, _ response: Response) {
        let isChunked = form.version == .http11
        // Without chunks only the end of the connection ends the body.
        if !isChunked { form.keepsAlive = false }
        loop.responseBuffer.removeAll(keepingCapacity: true)
        let isSent = serialize(response, framing: isChunked ? .chunked : .untilEnd)
        loop.responseBuffer.withUnsafeBytes { send($0) }
        guard isSent, stage != .closed, !form.omitsBody else {
            body.release()
            return stage == .closed ? () : settleExchange()
        }
        streamed = body
        body.begin { [id, mailbox = loop.mailbox] in mailbox.post(.moreToStream(id)) }
        if loop.isDraining || hasInputEnded { body.finish() }
        goOnStreaming()
    }

    /// There is more than there was.
    func takeMoreToStream() {
        goOnStreaming()
        updateInterest()
    }

    /// Ends the body behind what waits already.
    func endStream() {
        streamed?.finish()
        takeMoreToStream()
    }

    /// Sends what there is, as far as the client takes it.
    func goOnStreaming() {
        while let body = streamed, output.isEmpty, stage != .closed {
            let (chunks, isLast) = body.take(bytesMax: Self.streamBytesAtOnce)
            if chunks.isEmpty, !isLast { break }
            loop.responseBuffer.removeAll(keepingCapacity: true)
            for chunk in chunks where !chunk.isEmpty { frame(chunk) }
            if isLast {
                streamed = nil
                if form.version == .http11 {
                    loop.responseBuffer += ResponseSerializer.lastChunk
                }
            }
            if !loop.responseBuffer.isEmpty { loop.responseBuffer.withUnsafeBytes { send($0) } }
            loop.trimResponseBuffer()
            guard isLast else { continue }
            body.release()
            return stage == .closed ? () : settleExchange()
        }
        if streamed != nil { enter(output.isEmpty ? .streaming : .streamWriting) }
    }

    func releaseStream() {
        let body = streamed
        streamed = nil
        body?.release()
    }

    private func frame(_ chunk: [UInt8]) {
        if form.version == .http11 {
            ResponseSerializer.append(chunk: chunk, to: &loop.responseBuffer)
        } else {
            loop.responseBuffer += chunk
        }
    }

    /// All is with the kernel, or waits for a client who is given its time.
    private func settleExchange() {
        guard output.isEmpty else { return enter(.writing) }
        finishExchange()
        process()
    }
}
