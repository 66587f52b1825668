import Glibc
import Networking

/// nginx with a certificate of its own, as one process. It counts by `stub_status`.
final class NginxServer: Server {
    private static let patience = Duration.seconds(20)

    let url: String
    private let process: ChildProcess
    private let statusPort: Int
    private let requestsBefore: Int

    init(on course: Course) throws {
        guard let nginx = course.tools.nginx, let openssl = course.tools.openssl else {
            throw BenchError("nginx and openssl are needed")
        }
        try Self.makeCertificate(with: openssl, in: course.folder)
        let (port, status) = (try Self.freePort(), try Self.freePort())
        let file = try course.folder.write(
            Self.configuration(port: port, statusPort: status, folder: course.folder.path),
            to: "nginx.conf")
        process = try ChildProcess(
            [nginx, "-p", course.folder.path, "-c", file, "-e", course.folder.path("error.log")],
            on: course.targetPinning, output: course.folder.path("nginx.out"))
        url = "https://127.0.0.1:\(port)/"
        statusPort = status
        requestsBefore = try Self.firstCount(of: process, port: status)
    }

    func finish() throws -> Served {
        guard let requests = StubStatus.requests(port: statusPort) else {
            throw BenchError("nginx does not tell its counts: \(process.lastLines)")
        }
        process.signal(SIGTERM)
        let ended = try process.wait(atMost: Self.patience)
        // The question itself is counted too.
        return Served(
            requests: requests - requestsBefore - 1, seconds: nil, cpuSeconds: ended.cpuSeconds)
    }

    private static func firstCount(of process: ChildProcess, port: Int) throws -> Int {
        let deadline = MonotonicTime.now + patience
        while MonotonicTime.now < deadline {
            if let count = StubStatus.requests(port: port) { return count }
            if try process.end(within: .milliseconds(10)) != nil { break }
        }
        throw BenchError("nginx does not start: \(process.lastLines)")
    }

    /// nginx cannot choose one. That nobody takes it in between is likely, and a failure to start
    /// says so otherwise.
    private static func freePort() throws -> Int {
        try TCPListener(host: "127.0.0.1", port: 0).port
    }

    private static func makeCertificate(with openssl: String, in folder: Folder) throws {
        guard access(folder.path("cert.pem"), R_OK) != 0 else { return }
        let process = try ChildProcess(
            [
                openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-keyout", folder.path("key.pem"), "-out", folder.path("cert.pem"),
            ], output: folder.path("openssl.out"))
        guard try process.wait(atMost: patience).exitCode == 0 else {
            throw BenchError("openssl made no certificate: \(process.lastLines)")
        }
    }

    private static func configuration(port: Int, statusPort: Int, folder: String) -> String {
        """
        daemon off;
        master_process off;
        pid \(folder)/nginx.pid;
        error_log \(folder)/error.log;
        events { worker_connections 8192; }
        http {
            access_log off;
            keepalive_requests 1000000000;
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
            server {
                listen 127.0.0.1:\(port) ssl backlog=4096;
                ssl_certificate \(folder)/cert.pem;
                ssl_certificate_key \(folder)/key.pem;
                ssl_protocols TLSv1.3;
                location / { default_type text/plain; return 200 "ok"; }
            }
            server {
                listen 127.0.0.1:\(statusPort);
                location / { stub_status; }
            }
        }

        """
    }
}
