import Foundation
import FoundationNetworking
import TestSupport

/// A real nginx on free ports, with files of its own.
final class Nginx {
    /// Looked up once: tests are skipped where it is missing.
    static let program: String? = ["nginx", "/usr/sbin/nginx"].first {
        $0.hasPrefix("/")
            ? FileManager.default.isExecutableFile(atPath: $0) : ServerProcess.isInstalled($0)
    }

    struct Missing: Error {}

    let port: Int
    let securePort: Int
    let certificates: Certificates?
    private let folder: TemporaryFolder
    private let process: ServerProcess
    private let reserved: [ReservedPort]

    /// - Parameters:
    ///   - settings: of its `http` block.
    ///   - locations: of its server.
    ///   - files: what it serves, by name and size.
    init(
        settings: String = "keepalive_requests 1000000;", locations: String = "",
        files: [String: Int] = ["index.html": 100],
        isSecure: Bool = false, connectionsMax: Int = 1_000
    ) async throws {
        guard let program = Self.program else { throw Missing() }
        folder = try TemporaryFolder()
        certificates = isSecure ? try Certificates() : nil
        try certificates?.sign("server", for: "DNS:localhost,IP:127.0.0.1")
        for (name, size) in files {
            try Data(repeating: UInt8(ascii: "x"), count: size).write(
                to: URL(filePath: folder.path(name)))
        }
        // Nginx does not tell which port it got, so it is given ones that nobody else gets.
        let reserved = [try ReservedPort(isShared: true), try ReservedPort(isShared: true)]
        let (port, securePort) = (reserved[0].port, reserved[1].port)
        (self.reserved, self.port, self.securePort) = (reserved, port, securePort)
        let secure = certificates.map { Self.secure(port: securePort, $0) } ?? ""
        let text = Self.text.replacing("LOCATIONS", with: locations)
            .replacing("SETTINGS", with: settings).replacing("FOLDER", with: folder.path(""))
            .replacing("PORT", with: "\(port)").replacing("MAX", with: "\(connectionsMax)")
            .replacing("SECURE", with: secure)
        let file = folder.path("nginx.conf")
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        process = try ServerProcess(
            [program, "-p", folder.path(""), "-c", file], output: folder.path("output.txt"))
        let status = URL(string: "http://127.0.0.1:\(port)/status")
        let isUp = await eventually(within: .seconds(60)) {
            guard let status else { return false }
            // Refused until it listens.
            return (try? await URLSession.shared.data(from: status)) != nil
        }
        guard isUp else { throw Missing() }
    }

    private static func secure(port: Int, _ certificates: Certificates) -> String {
        """
        listen 127.0.0.1:\(port) reuseport ssl;
        ssl_certificate \(certificates.certificate("server"));
        ssl_certificate_key \(certificates.key("server"));
        ssl_session_cache shared:s:1m;
        """
    }

    private static let text = """
        daemon off;
        master_process off;
        worker_rlimit_nofile 20000;
        pid FOLDERnginx.pid;
        error_log FOLDERerror.log;
        events { worker_connections MAX; }
        http {
            log_format short '$uri $status $connection $connection_requests $ssl_session_reused';
            access_log off;
            client_body_temp_path FOLDERbody;
            proxy_temp_path FOLDERproxy;
            fastcgi_temp_path FOLDERfastcgi;
            uwsgi_temp_path FOLDERuwsgi;
            scgi_temp_path FOLDERscgi;
            SETTINGS
            server {
                listen 127.0.0.1:PORT reuseport backlog=4000;
                SECURE
                root FOLDER;
                location /status { stub_status; }
                location / {
                    access_log FOLDERaccess.log short;
                    LOCATIONS
                }
            }
        }
        """

    /// A line of its log for each request of a file.
    var log: [[Substring]] {
        // Nothing was asked yet.
        let text = (try? String(contentsOfFile: folder.path("access.log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { $0.split(separator: " ") }
    }

    /// Requests that it counted itself, those for the status not included.
    func statusCounts() async throws -> (requests: Int, active: Int) {
        guard let url = URL(string: "http://127.0.0.1:\(port)/status") else { throw Missing() }
        let text = String(
            decoding: try await URLSession.shared.data(from: url).0, as: UTF8.self)
        let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count >= 4 else { throw Missing() }
        return (numbers[3], numbers[0])
    }
}
