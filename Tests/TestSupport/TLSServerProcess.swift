import Foundation

/// A real TLS server: `openssl s_server`, which answers every request with a page about the
/// connection. Ends by itself should the test not end it.
package final class TLSServerProcess {
    private let id: pid_t
    private let log: TemporaryFolder
    private let input: String
    package private(set) var port = 0

    /// Starts the server with a certificate of `certificates` and waits until it listens.
    package init(
        _ name: String, of certificates: Certificates, arguments: [String] = ["-www"]
    ) async throws {
        log = try TemporaryFolder()
        let file = log.path("server.log")
        input = log.path("input")
        guard mkfifo(input, 0o600) == 0 else { throw OpenSSLFailure(command: "mkfifo") }
        // Opened for both, so that neither side waits for the other.
        id = try spawn(
            [
                "timeout", "120", "sh", "-c", "exec \"$@\" <> \"$0\"", input,
                "openssl", "s_server", "-accept", "127.0.0.1:0",
                "-cert", certificates.certificate(name), "-key", certificates.key(name),
            ] + arguments, output: file)
        let isListening = await eventually {
            let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            guard let line, let port = line.split(separator: ":").last.flatMap({ Int($0) }) else {
                return false
            }
            self.port = port
            return true
        }
        guard isListening else { throw OpenSSLFailure(command: "s_server") }
    }

    /// What it has written so far: requests too, but for `-www`.
    package var text: String {
        // Nothing was written yet.
        (try? String(contentsOfFile: log.path("server.log"), encoding: .utf8)) ?? ""
    }

    /// Gives it a line on its standard input, such as `R`, which renegotiates.
    package func tell(_ line: String) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: input))
        try handle.write(contentsOf: Data("\(line)\n".utf8))
        try handle.close()
    }

    deinit {
        kill(id, SIGTERM)
        _ = awaitExit(of: id)
    }
}

package struct OpenSSLFailure: Error {
    package let command: String
}
