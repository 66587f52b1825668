import Glibc
import Networking

/// The service cannot listen where its configuration says.
struct PortFailure: Error, Equatable, CustomStringConvertible {
    let host: String
    let port: Int
    let error: SystemError

    var description: String {
        guard error.code == EADDRINUSE else {
            return "cannot listen: \(error): see server.host and server.port"
        }
        return "port \(port) of \(host) is in use: end the process that has it, or serve another "
            + "(server.port, --port)"
    }
}

extension TCPListener {
    convenience init(_ server: Configuration.Server) throws(PortFailure) {
        do throws(SystemError) {
            try self.init(host: server.host, port: server.port)
        } catch {
            throw PortFailure(host: server.host, port: server.port, error: error)
        }
    }
}
