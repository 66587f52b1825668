import Foundation

/// Certificates for tests, made by the `openssl` command: an authority, and what it signs.
package final class Certificates: Sendable {
    private let folder: TemporaryFolder

    /// Makes the authority.
    package init() throws {
        folder = try TemporaryFolder()
        try openssl(
            ["req", "-x509", "-nodes", "-keyout", key("ca"), "-out", certificate("ca")]
                + Self.newKey + ["-subj", "/CN=Test authority", "-days", "2"])
    }

    package func certificate(_ name: String) -> String { folder.path("\(name).pem") }
    package func key(_ name: String) -> String { folder.path("\(name).key") }
    package func path(_ name: String) -> String { folder.path(name) }

    /// Makes a certificate of the authority, valid for two days or expired since yesterday.
    package func sign(_ name: String, for subject: String, isExpired: Bool = false) throws {
        let (request, extensions) = (folder.path("\(name).csr"), folder.path("\(name).ext"))
        try openssl(
            ["req", "-new", "-nodes", "-keyout", key(name), "-out", request]
                + Self.newKey + ["-subj", "/CN=\(name)"])
        try Data("subjectAltName=\(subject)\n".utf8).write(to: URL(filePath: extensions))
        try openssl([
            "x509", "-req", "-in", request, "-CA", certificate("ca"), "-CAkey", key("ca"),
            "-set_serial", "\(UInt32.random(in: 1...(.max)))",
            "-days", isExpired ? "-1" : "2", "-extfile", extensions, "-out", certificate(name),
        ])
    }

    /// Makes a certificate that nobody vouches for.
    package func selfSign(_ name: String, for subject: String) throws {
        try openssl(
            ["req", "-x509", "-nodes", "-keyout", key(name), "-out", certificate(name)]
                + Self.newKey
                + ["-subj", "/CN=\(name)", "-addext", "subjectAltName=\(subject)", "-days", "2"])
    }

    /// Locks a key with a pass phrase.
    package func encryptKey(_ name: String, as locked: String, phrase: String) throws {
        try openssl([
            "pkcs8", "-topk8", "-in", key(name), "-out", key(locked), "-passout", "pass:\(phrase)",
        ])
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]

    private func openssl(_ arguments: [String]) throws {
        guard awaitExit(of: try spawn(["openssl"] + arguments)) == 0 else {
            throw OpenSSLFailure(command: arguments.joined(separator: " "))
        }
    }
}
