import HTTP
import Networking

/// Responses on their way in, and what becomes of a request.
extension Worker {
    /// Reads of one connection before the others get their turn.
    private static let readsPerTurnMax = 16
    /// Content from which letting the kernel throw it away is cheaper than copying it.
    private static let discardBytesMin = 4096

    private enum ReadOutcome {
        case bytes(Int)
        case wouldBlock
        case endOfStream
        case failed(FailureKind, String)
    }

    func handle(_ event: Poller.Event, at now: Int64) {
        let index = Int(UInt32(truncatingIfNeeded: event.token))
        guard UInt64(connections[index].generation) == event.token >> 32 else { return }
        switch connections[index].state {
        case .closed: break
        case .connecting:
            if event.readiness.contains(.writable) || event.readiness.isGone {
                decideConnecting(index, at: now)
            }
        case .handshaking: shakeHands(index, at: now)
        case .idle: dismiss(index)
        case .exchanging:
            if !connections[index].unsent.isEmpty { writeUnsent(index, at: now) }
            // Writing may have ended the exchange.
            guard connections[index].state == .exchanging,
                UInt64(connections[index].generation) == event.token >> 32
            else { return }
            receive(index)
        }
    }

    /// An idle connection that says something is being closed by the server, or confused; the next
    /// request opens another one.
    private func dismiss(_ index: Int) {
        // With TLS it may be a ticket for a later session, which is no reason to close.
        if connections[index].tls != nil {
            guard case .wouldBlock = read(index) else { return close(index) }
            return
        }
        close(index)
    }

    /// Whether OpenSSL holds more behind a response than tickets, of which no event tells: the end
    /// of the connection, or what the next request would take for its answer.
    func hasMore(_ index: Int) -> Bool {
        guard let tls = connections[index].tls, tls.hasBufferedBytes else { return false }
        guard case .wouldBlock = read(index) else { return true }
        return false
    }

    private func receive(_ index: Int) {
        for _ in 0..<Self.readsPerTurnMax {
            guard !discard(index) else { return }
            switch read(index) {
            case .failed(let kind, let text): return failReceiving(index, kind, text)
            case .wouldBlock: return
            case .endOfStream: return endOfStream(index)
            case .bytes(let count):
                guard takeIn(count, on: index) else { return }
                let isDrained =
                    connections[index].tls.map { !$0.hasBufferedBytes }
                    ?? (count < buffer.count)
                if isDrained { return }
            }
        }
        guard connections[index].tls != nil, !connections[index].isUnread else { return }
        connections[index].isUnread = true
        unread.append(Int32(index))
    }

    /// Gives the TLS connections their next turn that have more than was read in the last.
    func readOn() {
        var waiting: [Int32] = []
        swap(&waiting, &unread)
        for index in waiting {
            connections[Int(index)].isUnread = false
            if connections[Int(index)].state == .exchanging { receive(Int(index)) }
        }
    }

    /// Lets the kernel throw away a body that nobody looks at.
    ///
    /// - Returns: whether it did, so that there is nothing more to do now.
    private func discard(_ index: Int) -> Bool {
        // Asked first because it is stored: what is computed copies the whole parser.
        guard connections[index].parser.isHeadComplete else { return false }
        let ahead = connections[index].parser.contentBytesAhead
        let row = Int(users[Int(connections[index].user)].request)
        guard ahead >= Self.discardBytesMin, connections[index].tls == nil,
            !rows[row].isInspected
        else { return false }
        do throws(SystemError) {
            switch try UnownedSocket(connections[index].descriptor).discard(ahead) {
            case .wouldBlock: break
            case .endOfStream: endOfStream(index)
            case .bytes(let count):
                connections[index].parser.skipContent(count)
                statistics[rows[row].endpoint].bytesIn &+= UInt64(count)
                if connections[index].parser.isComplete { complete(index, rest: 0, at: Self.now) }
            }
        } catch {
            failReceiving(index, .reset, error.description)
        }
        return true
    }

    private func read(_ index: Int) -> ReadOutcome {
        do {
            guard let tls = connections[index].tls else {
                switch try UnownedSocket(connections[index].descriptor).read(
                    into: UnsafeMutableRawBufferPointer(buffer))
                {
                case .bytes(let count): return .bytes(count)
                case .wouldBlock: return .wouldBlock
                case .endOfStream: return .endOfStream
                }
            }
            switch try tls.read(into: UnsafeMutableRawBufferPointer(buffer)) {
            case .bytes(let count): return .bytes(count)
            case .wantsRead: return .wouldBlock
            case .wantsWrite:
                awaitWriting(index, true)
                return .wouldBlock
            case .endOfStream: return .endOfStream
            }
        } catch let error as TLSError {
            return .failed(error.isOfTLS ? .tls : .reset, error.description)
        } catch {
            return .failed(.reset, "\(error)")
        }
    }

    /// Follows the response through the bytes in the buffer.
    ///
    /// - Returns: whether it goes on.
    private func takeIn(_ count: Int, on index: Int) -> Bool {
        let row = Int(users[Int(connections[index].user)].request)
        statistics[rows[row].endpoint].bytesIn &+= UInt64(count)
        // Read once for all that is noted of these bytes: it costs as much as following them.
        let now = Self.now
        if connections[index].firstByte == 0 { connections[index].firstByte = now }
        let bytes = UnsafeBufferPointer(rebasing: buffer[..<count])
        let consumed: Int
        do throws(MessageError) {
            consumed =
                rows[row].isInspected || plan.followsRedirects
                ? try observe(bytes, on: index, row)
                : try connections[index].parser.consume(bytes.span)
        } catch {
            fail(index, .badResponse, error.description, at: now)
            return false
        }
        guard connections[index].parser.isComplete else { return true }
        complete(index, rest: count - consumed, at: now)
        return false
    }

    private func observe(
        _ bytes: UnsafeBufferPointer<UInt8>, on index: Int, _ row: Int
    ) throws(MessageError) -> Int {
        if connections[index].observed != nil {
            takeParkedObserver(of: index)
        } else {
            observer.inspects = rows[row].isInspected
            observer.location.removeAll(keepingCapacity: true)
            plan.program.requests[row].inspection?.begin(&observer.capture)
        }
        let consumed = try connections[index].parser.consume(bytes.span, showing: &observer)
        if !connections[index].parser.isComplete {
            connections[index].observed = observer
            observer = ExchangeObserver()
        }
        return consumed
    }

    /// Goes on with what was kept of a response when its bytes ran out.
    func takeParkedObserver(of index: Int) {
        guard let parked = connections[index].observed else { return }
        observer = parked
        connections[index].observed = nil
    }

    private func endOfStream(_ index: Int) {
        do throws(MessageError) {
            try connections[index].parser.end()
        } catch {
            return failReceiving(index, .reset, "the server closed the connection early")
        }
        complete(index, rest: 0, at: Self.now)
    }

    /// A connection that broke while a request was sent: the answer may be there all the same.
    func receiveLast(_ index: Int, _ text: String, at now: Int64) {
        let generation = connections[index].generation
        connections[index].unsent = []
        connections[index].isBroken = true
        receive(index)
        guard connections[index].generation == generation,
            connections[index].state == .exchanging
        else { return }
        failReceiving(index, .reset, text)
    }

    private func failReceiving(
        _ index: Int, _ kind: FailureKind, _ text: String
    ) {
        let user = Int(connections[index].user)
        let row = rows[Int(users[user].request)]
        // A server may close an idle connection at the moment in which we send on it. Then it has
        // not seen the request, and a second try does no harm (RFC 9110, section 9.2.2).
        let mayResend =
            kind == .reset && connections[index].hasServed && !connections[index].parser.hasBegun
            && row.isIdempotent && !users[user].hasResent
        guard mayResend else { return fail(index, kind, text, at: Self.now) }
        users[user].hasResent = true
        transport.resends += 1
        close(index)
        connections[index].hasMessage = plan.followsRedirects
        connections[index].addressesTried = 0
        connect(index, at: Self.now)
    }
}

extension TLSError {
    /// Whether TLS itself failed: a server that wants a certificate may say so only after its side
    /// of the handshake is done (RFC 8446, section 4.4.2.4).
    fileprivate var isOfTLS: Bool {
        switch cause {
        case .settings, .untrustedPeer, .refusedByPeer, .plainHTTP, .brokenProtocol: true
        case .closed, .system: false
        }
    }
}
