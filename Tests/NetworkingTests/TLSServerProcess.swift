import Foundation
import TestSupport

/// A real TLS server: `openssl s_server`, which answers every request with a page about the
/// connection. Ends by itself should the test not end it.
final class TLSServerProcess {
    private let id: pid_t
    private let log: TemporaryFolder
    private(set) var port = 0

    /// Starts the server with a certificate of `certificates` and waits until it listens.
    init(
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

struct OpenSSLFailure: Error {
    let command: String
}

/// Starts a program without input. Not by `Process`, which starts it with the signals blocked that
/// are blocked on a thread of Dispatch, `SIGTERM` and `SIGALRM` among them.
func spawn(_ words: [String], output: String = "/dev/null") throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let pointers = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    var id: pid_t = 0
    let code = posix_spawnp(&id, words[0], &actions, &attributes, pointers + [nil], environ)
    guard code == 0 else { throw OpenSSLFailure(command: "\(words[0]): errno \(code)") }
    return id
}

/// Returns the status that the program ended with.
func awaitExit(of id: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) == -1, errno == EINTR {}
    return status
}
