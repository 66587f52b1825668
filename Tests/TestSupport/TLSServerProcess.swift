import Foundation

/// A real TLS server: `openssl s_server`, which answers every request with a page about the
/// connection. Ends by itself should the test not end it.
package final class TLSServerProcess {
    private let id: pid_t
    private let log: TemporaryFolder
    package private(set) var port = 0

    /// Starts the server with a certificate of `certificates` and waits until it listens.
    package init(
        _ name: String, of certificates: Certificates, arguments: [String] = ["-www"]
    ) async throws {
        log = try TemporaryFolder()
        let file = log.path("server.log")
        id = try spawn(
            [
                "timeout", "120", "openssl", "s_server", "-accept", "127.0.0.1:0",
                "-cert", certificates.certificate(name), "-key", certificates.key(name),
            ] + arguments, output: file)
        let isListening = await eventually {
            // Nothing was written yet.
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            guard let line, let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                return false
            }
            self.port = port
            return true
        }
        guard isListening else { throw OpenSSLFailure(command: "s_server") }
    }

    deinit {
        kill(id, SIGTERM)
        _ = awaitExit(of: id)
    }
}

package struct OpenSSLFailure: Error {
    package let command: String
}
