import Glibc
import Networking

/// From an address to a connection that can take a request, and the end of connections.
extension Worker {
    /// Pause of a user whose connection failed, so that a target that is down costs no core.
    static let failedConnectPause: Int64 = 100_000_000

    func connect(_ index: Int, at now: Int64) {
        let user = Int(connections[index].user)
        let origin = Int(connections[index].origin)
        if users[user].started == 0 {
            users[user].started = now
            connections[index].addressesTried = 0
        }
        guard !origins[origin].addresses.isEmpty else {
            return fail(index, .resolve, origins[origin].fault ?? "no address", at: now)
        }
        if let refusal = origins[origin].refusal {
            return fail(index, .targetNotAllowed, refusal, at: now)
        }
        connections[index].connectStarted = now
        connections[index].addressesTried += 1
        do throws(SystemError) {
            let outgoing = try OutgoingConnection(to: address(of: index))
            let isEstablished = outgoing.isEstablished
            let socket = outgoing.takeSocket()
            try poller.watch(
                socket.number, for: isEstablished ? .reading : [.reading, .writing],
                token: token(of: index))
            connections[index].descriptor = socket.release()
            connections[index].awaitsWriting = !isEstablished
            connections[index].hasServed = false
            connections[index].state = .connecting
            setDeadline(of: index, at: now &+ plan.connections.connectTimeout.nanoseconds)
            if isEstablished { finishConnecting(index, at: Self.now) }
        } catch {
            connectFailed(index, error, at: now)
        }
    }

    /// Users spread over a server's addresses; one that failed is left for the next.
    private func address(of index: Int) -> SocketAddress {
        let addresses = origins[Int(connections[index].origin)].addresses
        let first = Int(connections[index].user) * plan.threads + number
        return addresses[(first + Int(connections[index].address)) % addresses.count]
    }

    func token(of index: Int) -> UInt64 {
        UInt64(connections[index].generation) << 32 | UInt64(UInt32(index))
    }

    /// The socket says that connecting is decided.
    func decideConnecting(_ index: Int, at now: Int64) {
        do throws(SystemError) {
            try UnownedSocket(connections[index].descriptor)
                .finishConnecting(to: address(of: index))
        } catch {
            return connectFailed(index, error, at: now)
        }
        finishConnecting(index, at: now)
    }

    private func finishConnecting(_ index: Int, at now: Int64) {
        openConnections += 1
        transport.connectionsOpened += 1
        let taken = now - connections[index].connectStarted
        transport.connect.record(UInt64(max(0, taken)) / 1000)
        let origin = origins[Int(connections[index].origin)]
        guard origin.origin.isSecure else { return ready(index, at: now) }
        connections[index].state = .handshaking
        connections[index].handshakeStarted = now
        guard let tlsContext else { return fail(index, .tls, "TLS is not set up", at: now) }
        do throws(TLSError) {
            connections[index].tls = try tlsContext.stream(
                over: connections[index].descriptor, to: origin.serverName)
        } catch {
            return fail(index, .tls, error.description, at: now)
        }
        shakeHands(index, at: now)
    }

    func shakeHands(_ index: Int, at now: Int64) {
        guard let tls = connections[index].tls else { return }
        do throws(TLSError) {
            switch try tls.handshake() {
            case .wantsRead: awaitWriting(index, false)
            case .wantsWrite: awaitWriting(index, true)
            case .complete:
                let taken = Self.now - connections[index].handshakeStarted
                transport.handshake.record(UInt64(max(0, taken)) / 1000)
                if tls.isResumed { transport.sessionsResumed += 1 }
                ready(index, at: now)
            }
        } catch {
            fail(index, .tls, error.description, at: now)
        }
    }

    /// The connection stands: sends what it was made for.
    private func ready(_ index: Int, at now: Int64) {
        awaitWriting(index, false)
        connections[index].state = .idle
        connections[index].addressesTried = 0
        deadlines[index] = .max
        queueSend(index)
    }

    private func connectFailed(_ index: Int, _ error: SystemError, at now: Int64) {
        switch error.code {
        case EADDRNOTAVAIL: transport.portsExhausted += 1
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: transport.socketsExhausted += 1
        default: break
        }
        let kind: FailureKind =
            switch error.code {
            case ECONNREFUSED: .connectRefused
            case ETIMEDOUT: .connectTimeout
            // It stood, and was reset before we heard of it.
            case ECONNRESET: .reset
            default: .connectFailed
            }
        connectFailed(index, kind, error.description, at: now)
    }

    /// Tries the next address, or gives up when all were tried.
    func connectFailed(_ index: Int, _ kind: FailureKind, _ text: String, at now: Int64) {
        connections[index].address &+= 1
        let addressCount = origins[Int(connections[index].origin)].addresses.count
        guard Int(connections[index].addressesTried) < addressCount else {
            return fail(index, kind, text, at: now)
        }
        close(index)
        connect(index, at: now)
    }

    /// Asks the poller for writability, or not any more.
    func awaitWriting(_ index: Int, _ writing: Bool) {
        guard connections[index].awaitsWriting != writing else { return }
        connections[index].awaitsWriting = writing
        do throws(SystemError) {
            try poller.change(
                connections[index].descriptor, to: writing ? [.reading, .writing] : .reading,
                token: token(of: index))
        } catch {
            // Cannot fail for a descriptor that is watched; the time-out would end it otherwise.
            connections[index].awaitsWriting = !writing
        }
    }

    // MARK: The end of a connection

    /// Closes whatever there is, without counting anything.
    func close(_ index: Int) {
        if connections[index].state == .exchanging { inFlight -= 1 }
        if connections[index].descriptor >= 0, connections[index].state != .connecting {
            openConnections -= 1
        }
        release(index)
        connections[index].generation &+= 1
        connections[index].state = .closed
        connections[index].awaitsWriting = false
        connections[index].isBroken = false
        connections[index].unsent = []
        connections[index].observed = nil
        deadlines[index] = .max
    }

    /// Gives back what the system holds for it.
    func release(_ index: Int) {
        guard connections[index].descriptor >= 0 else { return }
        connections[index].tls?.sayFarewell()
        connections[index].tls = nil
        Glibc.close(connections[index].descriptor)
        connections[index].descriptor = -1
    }

    // MARK: Time-outs

    func setDeadline(of index: Int, at time: Int64) {
        deadlines[index] = time
        nextTimeoutScan = min(nextTimeoutScan, time)
    }

    /// Gives up what takes too long.
    func scanTimeouts(at now: Int64) {
        var earliest = Int64.max
        for index in 0..<userCapacity * originsMax {
            let deadline = deadlines[index]
            if deadline <= now {
                timeOut(index, at: now)
            } else {
                earliest = min(earliest, deadline)
            }
        }
        // Requests that begin from now on cannot be due before the shortest time-out is over.
        nextTimeoutScan = min(earliest, now &+ shortestTimeout)
        flushSends()
    }

    private func timeOut(_ index: Int, at now: Int64) {
        let origin = origins[Int(connections[index].origin)].origin
        switch connections[index].state {
        case .connecting:
            connectFailed(index, .connectTimeout, "connect \(origin): no answer in time", at: now)
        case .handshaking:
            fail(index, .connectTimeout, "TLS with \(origin): no answer in time", at: now)
        case .exchanging:
            fail(index, .readTimeout, "no complete response in time", at: now)
        case .closed, .idle: deadlines[index] = .max
        }
    }
}
