import Foundation
import Glibc
import TestSupport

/// A real nginx in TLS in front of a service.
final class ReverseProxy {
    /// Looked up once: tests are skipped where it is missing.
    static let program = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let port: Int
    private let folder: TemporaryFolder
    private let certificates: Certificates
    private let reserved: Int32
    private let process: pid_t

    /// - Parameter settings: of its location, where it says what it hands on.
    init(to port: Int, _ settings: String) async throws {
        guard let program = Self.program else { throw HarnessError("no nginx") }
        folder = try TemporaryFolder()
        certificates = try Certificates()
        try certificates.sign("server", for: "DNS:localhost,IP:127.0.0.1")
        (reserved, self.port) = try Self.reservePort()
        let file = folder.path("nginx.conf")
        let text = Self.text.replacing("FOLDER", with: folder.path(""))
            .replacing("PORT", with: "\(self.port)").replacing("SERVICE", with: "\(port)")
            .replacing("CERTIFICATE", with: certificates.certificate("server"))
            .replacing("KEY", with: certificates.key("server"))
            .replacing("SETTINGS", with: settings)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        // Ends by itself should the test not end it.
        process = try spawn(
            ["timeout", "150", program, "-p", folder.path(""), "-c", file, "-e", "stderr"],
            output: folder.path("output.txt"))
        let url = "https://127.0.0.1:\(self.port)/health"
        let authority = certificates.certificate("ca")
        let isUp = try await eventually(within: .seconds(60)) {
            try await Curl.run("--cacert", authority, url).code == 0
        }
        guard isUp else {
            let output = try String(contentsOfFile: folder.path("output.txt"), encoding: .utf8)
            throw HarnessError("nginx does not serve:\n\(output)")
        }
    }

    deinit {
        kill(process, SIGTERM)
        _ = awaitExit(of: process)
        close(reserved)
    }

    /// What curl shows of an answer, its head included.
    func ask(_ words: String..., path: String = "/health") async throws -> String {
        let url = "https://127.0.0.1:\(port)\(path)"
        let own = ["curl", "-sS", "--include", "--max-time", "60"]
        let authority = ["--cacert", certificates.certificate("ca")]
        return try await Curl.shell(own + authority + words + [url]).text
    }

    /// Nginx does not tell which port it got, so it is given one that nobody else gets: bound here
    /// and never listened on, and shared with who says `reuseport` as well.
    private static func reservePort() throws -> (descriptor: Int32, port: Int) {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(number, SOL_SOCKET, SO_REUSEPORT, &yes, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, length) | getsockname(number, $0, &length)
            }
        }
        guard number >= 0, code == 0 else { throw HarnessError("no port: errno \(errno)") }
        return (number, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static let text = """
        daemon off;
        master_process off;
        pid FOLDERnginx.pid;
        events { worker_connections 100; }
        http {
            access_log off;
            client_body_temp_path FOLDERbody;
            proxy_temp_path FOLDERproxy;
            fastcgi_temp_path FOLDERfastcgi;
            uwsgi_temp_path FOLDERuwsgi;
            scgi_temp_path FOLDERscgi;
            server {
                listen 127.0.0.1:PORT reuseport ssl;
                ssl_certificate CERTIFICATE;
                ssl_certificate_key KEY;
                location / {
                    proxy_pass http://127.0.0.1:SERVICE;
                    SETTINGS
                }
            }
        }
        """
}
