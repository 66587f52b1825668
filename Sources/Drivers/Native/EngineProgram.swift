import ControlPlane
import Foundation

/// The program that engines are processes of: usually this one.
package struct EngineProgram: Equatable, Sendable {
    /// What an engine needs of the environment. The rest stays here: it holds the secrets of the
    /// configuration, and engines speak to strangers.
    private static let variables: Set = [
        "PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "LD_PRELOAD",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF", "RES_OPTIONS", "LOCALDOMAIN",
        "MALLOC_ARENA_MAX",
    ]

    package let path: String
    /// What stands before the id of the run, which is given for whoever looks at a list of
    /// processes.
    package let arguments: [String]
    /// As `GET /v1/clusters` shows it.
    package let version: String

    package init(path: String, arguments: [String] = ["engine"], version: String) {
        self.path = path
        self.arguments = arguments
        self.version = version
    }

    /// The program of this process, by its path as it is now.
    package init(ofThisProcess version: String) {
        let link = "/proc/self/exe"
        // Without /proc the link itself is as good a name for the error that follows.
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
        self.init(path: path ?? link, version: version)
    }

    var environment: [String] {
        ProcessInfo.processInfo.environment.filter { Self.variables.contains($0.key) }
            .map { "\($0.key)=\($0.value)" }.sorted()
    }

    func checkExecutable() throws(DriverError) {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw DriverError("the engine \(path) is not there, or cannot be executed")
        }
    }
}
