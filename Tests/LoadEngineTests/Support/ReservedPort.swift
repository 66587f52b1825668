import Glibc
import Networking

/// A port on which nobody listens, and which nobody else gets: connecting to it is refused. Tests
/// run side by side, and a port that was free a moment ago may be another test's target.
final class ReservedPort: Sendable {
    private let socket: Descriptor
    let port: Int

    /// - Parameter isShared: whether a program may listen there that says `SO_REUSEPORT` as well.
    init(isShared: Bool = false) throws {
        let (number, port) = try TargetSocket.bind(host: "127.0.0.1", isShared: isShared)
        socket = Descriptor(owning: number)
        self.port = port
    }

    /// Begins to listen there.
    ///
    /// - Returns: another descriptor of the socket, which the caller owns.
    func listen() throws -> Int32 {
        guard Glibc.listen(socket.number, 1024) == 0 else {
            throw SystemError(call: "listen", code: errno)
        }
        return fcntl(socket.number, F_DUPFD_CLOEXEC, 0)
    }
}
