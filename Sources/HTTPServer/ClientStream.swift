import Networking

/// A client's connection as bytes, in TLS or not.
///
/// TLS reads ahead and takes whole records: what it holds is not reported by the poller again, so
/// that `hasMore` has to be asked. It may also have to write in order to read, and the other way
/// round.
final class ClientStream {
    /// The client is gone, or what it sends is no TLS.
    struct Broken: Error {}

    /// Bytes that one client is sent in a row, as it may take them as fast as they are encrypted.
    private static let writeBytesMax = 262_144

    private let socket: TCPSocket
    private var tls: TLSStream?
    private var readingWaitsToWrite = false
    private var writingWaitsToRead = false
    /// The last read did not have to stop for want of bytes.
    private var mayHaveMore = false
    /// It came to its end behind bytes that were read with it.
    private var hasEnded = false

    init(_ socket: TCPSocket, tls: TLSStream?) {
        self.socket = socket
        self.tls = tls
    }

    var isSecure: Bool { tls != nil }
    var descriptor: Int32 { socket.descriptor }

    /// What to wait for before reading, or shaking hands, again.
    var interestToRead: Interest { readingWaitsToWrite ? .writing : .reading }
    /// What to wait for before writing again.
    var interestToWrite: Interest { writingWaitsToRead ? .reading : .writing }

    /// Whether a read would find something that no poller reports.
    var hasMore: Bool {
        guard let tls, mayHaveMore else { return false }
        return hasEnded || tls.hasBufferedBytes
    }

    // MARK: TLS

    /// Whom the client's certificate is made for, once hands are shaken; nil without one.
    var clientSubject: String? { tls?.peerSubject }

    /// Whether TLS is agreed on; if not, call again when `interestToRead` is met.
    func shakeHands() throws(TLSError) -> Bool {
        guard let tls else { return true }
        switch try tls.handshake() {
        case .complete:
            readingWaitsToWrite = false
            return true
        case .wantsRead: readingWaitsToWrite = false
        case .wantsWrite: readingWaitsToWrite = true
        }
        return false
    }

    /// From now on the bytes are the socket's own: for those who do not speak TLS, and for what
    /// nobody reads.
    func endTLS() {
        tls = nil
        (readingWaitsToWrite, writingWaitsToRead, mayHaveMore) = (false, false, false)
    }

    // MARK: Bytes

    /// Reads what is there, as far as there is room.
    func read(
        into room: UnsafeMutableRawBufferPointer
    ) throws(Broken) -> TCPSocket.ReadOutcome {
        guard let tls else {
            do { return try socket.read(into: room) } catch { throw Broken() }
        }
        if hasEnded { return .endOfStream }
        var total = 0
        repeat {
            let outcome: TLSStream.ReadOutcome
            do {
                outcome = try tls.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: room[total...]))
            } catch {
                guard total > 0 else { throw Broken() }
                outcome = .endOfStream  // What came before the failure still counts.
            }
            switch outcome {
            case .bytes(let count): total += count
            case .endOfStream: hasEnded = true
            case .wantsRead, .wantsWrite:
                readingWaitsToWrite = outcome == .wantsWrite
                mayHaveMore = false
                return total > 0 ? .bytes(total) : .wouldBlock
            }
        } while !hasEnded && total < room.count && tls.hasBufferedBytes
        (readingWaitsToWrite, mayHaveMore) = (false, true)
        return total > 0 ? .bytes(total) : .endOfStream
    }

    /// Writes what fits. What is left must be offered again, with or without more behind it.
    func write(_ bytes: UnsafeRawBufferPointer) throws(Broken) -> TCPSocket.WriteOutcome {
        guard let tls else {
            do { return try socket.write(bytes) } catch { throw Broken() }
        }
        var total = 0
        writingWaitsToRead = false
        while total < min(bytes.count, Self.writeBytesMax) {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[total...])
            let outcome: TLSStream.WriteOutcome
            do { outcome = try tls.write(rest) } catch { throw Broken() }
            guard case .bytes(let count) = outcome else {
                writingWaitsToRead = outcome == .wantsRead
                return total > 0 ? .bytes(total) : .wouldBlock
            }
            total += count
        }
        return .bytes(total)
    }

    /// Says that nothing more will be sent; what the client still sends can be read and is of no
    /// use any more.
    func endWriting() {
        sayFarewell()
        endTLS()
        socket.shutdownWriting()
    }

    /// Tells the client that the end is meant, so that it cannot be taken for a cut.
    func sayFarewell() { tls?.sayFarewell() }
}
