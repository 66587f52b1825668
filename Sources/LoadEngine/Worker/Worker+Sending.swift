import Networking

/// Requests on their way out.
extension Worker {
    /// Sends everything that is due. After the responses of a batch, as their receipt is what
    /// users wait for.
    func flushSends() {
        // What fails may come again at once: that has its turn after the next look at events.
        for _ in 0..<sendQueue.count {
            let index = Int(sendQueue.removeFirst())
            connections[index].isInSendQueue = false
            switch connections[index].state {
            case .idle: send(index)
            case .closed: connect(index, at: Self.now)
            case .connecting, .handshaking, .exchanging: break
            }
        }
    }

    func queueSend(_ index: Int) {
        guard !connections[index].isInSendQueue else { return }
        connections[index].isInSendQueue = true
        sendQueue.append(index)
    }

    private func send(_ index: Int) {
        let user = Int(connections[index].user)
        let request = Int(users[user].request)
        let now = Self.now
        noteStart(of: user, at: now)
        connections[index].state = .exchanging
        inFlight += 1
        connections[index].sent = now
        connections[index].firstByte = 0
        connections[index].parser.begin(answersHead: rows[request].isHead)
        deadlines[index] = now &+ rows[request].timeout
        if plan.followsRedirects {
            sendKept(request, for: user, on: index, at: now)
        } else if rows[request].fixed.count > 0 {
            sendOut(rows[request].fixed, to: index, at: now)
        } else {
            render(request, for: user)
            message.withUnsafeBytes { sendOut($0, to: index, at: now) }
        }
    }

    private func sendOut(_ bytes: UnsafeRawBufferPointer, to index: Int, at now: Int64) {
        guard isTracing else { return write(bytes, to: index, at: now) }
        writeTraced(bytes, to: index, at: now)
    }

    /// Sends a request and keeps it, as a redirect or a second try may need it.
    private func sendKept(_ request: Int, for user: Int, on index: Int, at now: Int64) {
        if !connections[index].hasMessage {
            if rows[request].fixed.isEmpty {
                render(request, for: user)
                connections[index].message = message
            } else {
                connections[index].message = Array(rows[request].fixed)
            }
        }
        connections[index].hasMessage = false
        let kept = connections[index].message
        kept.withUnsafeBytes { sendOut($0, to: index, at: now) }
    }

    private func noteStart(of user: Int, at now: Int64) {
        guard users[user].started == 0 else { return }
        users[user].started = now
        if users[user].showsLateness {
            transport.lateness.record(UInt64(max(0, now - users[user].intended)) / 1000)
        }
    }

    private func render(_ request: Int, for user: Int) {
        message.removeAll(keepingCapacity: true)
        guard case .template(let template) = plan.program.requests[request].content,
            let script = plan.program.script
        else { return }
        template.render(
            for: scripts[user], of: script, using: &users[user].random, into: &message)
    }

    func write(_ bytes: UnsafeRawBufferPointer, to index: Int, at now: Int64) {
        let count = writeSome(bytes, to: index, at: now)
        guard let count, count < bytes.count else { return }
        connections[index].unsent = Array(bytes[count...])
        connections[index].sentByteCount = 0
    }

    /// Goes on with a request that did not fit.
    func writeUnsent(_ index: Int, at now: Int64) {
        let unsent = connections[index].unsent
        let sent = Int(connections[index].sentByteCount)
        let count = unsent.withUnsafeBytes { bytes in
            writeSome(UnsafeRawBufferPointer(rebasing: bytes[sent...]), to: index, at: now)
        }
        guard let count else { return }
        connections[index].sentByteCount += Int32(count)
        if sent + count == unsent.count { connections[index].unsent = [] }
    }

    /// Writes what fits, and waits for room if something is left.
    ///
    /// - Returns: how many bytes; nil when the connection failed and was taken care of.
    private func writeSome(
        _ bytes: UnsafeRawBufferPointer, to index: Int, at now: Int64
    ) -> Int? {
        var sent = 0
        do {
            if let tls = connections[index].tls {
                loop: while sent < bytes.count {
                    let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                    switch try tls.write(rest) {
                    case .bytes(let count): sent += count
                    case .wantsRead, .wantsWrite: break loop
                    }
                }
            } else if case .bytes(let count) = try UnownedSocket(connections[index].descriptor)
                .write(bytes)
            {
                sent = count
            }
        } catch {
            // A server that closes while we write may have answered before: that answer counts.
            receiveLast(index, "\(error)", at: now)
            return nil
        }
        let user = Int(connections[index].user)
        statistics[rows[Int(users[user].request)].endpoint].bytesOut &+= UInt64(sent)
        awaitWriting(index, sent < bytes.count)
        return sent
    }
}
