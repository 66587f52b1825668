import HTTP
import Networking

/// An HTTP/1.1 server on event loops of its own.
package final class HTTPServer: Sendable {
    /// Told what no client hears about: an event's name and its fields. Called on a loop's thread.
    package typealias Diagnostic = @Sendable (String, [String: String]) -> Void

    private let configuration: ServerConfiguration
    private let router: Router
    private let onDiagnostic: Diagnostic

    package init(
        configuration: ServerConfiguration, router: Router,
        onDiagnostic: @escaping Diagnostic = { _, _ in }
    ) {
        self.configuration = configuration
        self.router = router
        self.onDiagnostic = onDiagnostic
    }

    /// Listens and serves from here on. Returns the port.
    package func start() throws(SystemError) -> Int {
        throw SystemError(call: "socket", code: 38)
    }

    /// Accepts nothing more, lets what runs finish for at most `limit`, and closes everything.
    package func shutdown(within limit: Duration) async {}
}
