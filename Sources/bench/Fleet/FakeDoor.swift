import Glibc
import HTTP
import Networking

/// The port of one fake master, and the fault that its clients meet there.
final class FakeDoor: EventHandler {
    let number: Int
    let port: Int
    private var master: FakeMaster
    private let plannedFault: FakeMastersSettings.Fault
    private let faultAfter: Duration
    private var fault = FakeMastersSettings.Fault.none
    private var hasPlannedFault = false
    private let loop: EventLoop
    private let log: FleetLog?
    private var listener: TCPListener?
    private var registration: EventLoop.Registration?
    /// Keeps the port from others while nothing listens there.
    private var placeholder: Descriptor?
    private var connections: [ObjectIdentifier: FakeConnection] = [:]

    init(
        _ number: Int, _ settings: FakeMastersSettings, loop: EventLoop, log: FleetLog?
    ) throws(SystemError) {
        self.number = number
        self.loop = loop
        self.log = log
        plannedFault = settings.fault(of: number)
        faultAfter = settings.faultAfter
        master = FakeMaster(boot: "boot-\(number)-1", endpointCount: settings.endpoints)
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        port = listener.port
        self.listener = listener
        registration = try loop.watch(listener.descriptor, for: .reading, handler: self)
    }

    func handle(_ readiness: Readiness) {
        while case .accepted(let descriptor, _)? = listener?.accept() {
            // One that cannot be watched is closed, and the client sees that.
            guard
                let connection = try? FakeConnection(descriptor, door: self, loop: loop)
            else { continue }
            connections[ObjectIdentifier(connection)] = connection
        }
    }

    func forget(_ connection: FakeConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    /// Lets the master do what it does by itself.
    func advance() throws {
        for event in master.advance(to: .now) { try note(event) }
    }

    func receive(_ request: Request, on connection: FakeConnection) {
        do {
            try note(request, on: connection)
            if fault == .silent { return }
            let (reply, events) = master.answer(to: request, at: .now)
            for event in events { try note(event) }
            var delay = reply.delay
            if case .slow(let slowness) = fault { delay += slowness }
            guard delay > .zero else { return connection.answer(reply) }
            _ = loop.schedule(at: .now + delay) { connection.answer(reply) }
        } catch {
            connection.close()
        }
    }

    private func note(_ request: Request, on connection: FakeConnection) throws {
        var run = request.headers["X-Swarmkeeper-Run"] ?? ""
        let what: FleetLog.What
        switch request.rawPath {
        case "/swarmkeeper/run": what = run.isEmpty ? .identity : .look
        case "/stats/requests": what = .statistics
        case "/swarm": what = .swarm
        case "/stop":
            what = .stop
            run = master.test?.runID ?? ""
        default: what = .other
        }
        try log?.append(.init(time: .now, master: number, what: what, run: run))
        // A connection that its client has closed is not in the table any more.
        if what == .look, connections.values.contains(where: { $0 !== connection && $0.isLooking })
        {
            try log?.append(.init(time: .now, master: number, what: .overlap, run: run))
        }
        connection.isLooking = what == .look
    }

    private func note(_ event: FakeMaster.Event) throws {
        try log?.append(
            .init(time: event.time, master: number, what: event.what, run: event.run))
        guard event.what == .began, plannedFault != .none, !hasPlannedFault else { return }
        hasPlannedFault = true
        _ = loop.schedule(at: .now + faultAfter) { [unowned self] in beginFault() }
    }

    private func beginFault() {
        fault = plannedFault
        // Without a line in the log the fault shows all the same.
        try? log?.append(
            .init(time: .now, master: number, what: .fault, run: master.test?.runID ?? ""))
        switch fault {
        case .refusing: die()
        case .restarted:
            for connection in connections.values { connection.close() }
            master.restart(boot: "boot-\(number)-2")
        case .none, .slow, .silent: break
        }
    }

    private func die() {
        for connection in connections.values { connection.close() }
        if let registration { loop.unwatch(registration) }
        (registration, listener) = (nil, nil)
        placeholder = Self.reserve(port)
    }

    /// Binds without listening: a connection is refused, and nobody else is given the port.
    private static func reserve(_ port: Int) -> Descriptor? {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(owning: number)
        var on: Int32 = 1
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { return nil }
        return descriptor
    }
}
