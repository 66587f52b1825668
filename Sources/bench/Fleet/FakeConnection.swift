import HTTP
import Networking

/// One client's connection to a fake master: a request, its answer, and usually the end.
final class FakeConnection: EventHandler {
    private static let readBytes = 16_384
    /// Larger than any form of ours.
    private static let bodyBytesMax = 1_048_576
    private static let limits = RequestHeadParser.Limits(
        headBytesMax: 16_384, targetBytesMax: 8_192, fieldCountMax: 100)

    private unowned let door: FakeDoor
    private let socket: TCPSocket
    private let loop: EventLoop
    private var registration: EventLoop.Registration?
    private var interest = Interest.reading
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var keepsAlive = false
    private var isAnswering = false
    /// Whether what is being answered counts as a look.
    var isLooking = false

    init(_ descriptor: Int32, door: FakeDoor, loop: EventLoop) throws(SystemError) {
        socket = TCPSocket(owning: descriptor)
        self.door = door
        self.loop = loop
        registration = try loop.watch(descriptor, for: .reading, handler: self)
    }

    var isClosed: Bool { registration == nil }

    func handle(_ readiness: Readiness) {
        if readiness.isGone { return close() }
        if readiness.contains(.writable) { flush() }
        if readiness.contains(.readable), !isClosed { receive() }
    }

    func close() {
        guard let registration else { return }
        loop.unwatch(registration)
        self.registration = nil
        door.forget(self)
    }

    func answer(_ reply: FakeMaster.Reply) {
        guard !isClosed else { return }
        var headers: HeaderFields = [
            "Content-Type": reply.type, "Access-Control-Allow-Origin": "*",
        ]
        for (name, value) in reply.headers { headers.set(name, value) }
        let response = Response(
            status: reply.status, headers: headers, body: Array(reply.body.utf8))
        do {
            try ResponseSerializer.append(
                response, to: &output, date: "Sat, 21 Nov 2026 06:00:00 GMT",
                connection: keepsAlive ? .unmentioned : .close, omitsBody: false)
        } catch {
            return close()
        }
        (isAnswering, isLooking) = (false, false)
        flush()
        if !isClosed, keepsAlive { serve() }
    }

    private func receive() {
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.readBytes) { buffer, count in
            // What is wrong with the socket is of no interest: it is closed like at its end.
            if case .bytes(let read)? = try? socket.read(
                into: UnsafeMutableRawBufferPointer(buffer))
            {
                count = read
            }
        }
        // Called only when there is something to read, so nothing means the end.
        guard !chunk.isEmpty, input.count < Self.bodyBytesMax else { return close() }
        input += chunk
        serve()
    }

    private func serve() {
        guard !isAnswering else { return }
        do {
            guard let request = try nextRequest() else { return }
            isAnswering = true
            door.receive(request, on: self)
        } catch {
            close()
        }
    }

    private func nextRequest() throws(MessageError) -> Request? {
        let bytes = input
        var parser = RequestHeadParser(limits: Self.limits)
        guard let head = try parser.parse(bytes.span) else { return nil }
        var body = try BodyDecoder(head.framing, bodyBytesMax: Self.bodyBytesMax)
        let end = try body.decode(bytes.span, from: parser.byteCount)
        guard body.isComplete else { return nil }
        input.removeFirst(end)
        keepsAlive = head.keepsAlive
        return Request(head: head, body: body.body, remoteAddress: "127.0.0.1")
    }

    private func flush() {
        do {
            while !output.isEmpty {
                let outcome = try output.withUnsafeBytes { try socket.write($0) }
                guard case .bytes(let count) = outcome else { break }
                output.removeFirst(count)
            }
            if output.isEmpty, !isAnswering, !keepsAlive { return close() }
            try want(output.isEmpty ? .reading : [.reading, .writing])
        } catch {
            close()
        }
    }

    private func want(_ wanted: Interest) throws(SystemError) {
        guard wanted != interest, let registration else { return }
        try loop.change(registration, to: wanted)
        interest = wanted
    }
}
