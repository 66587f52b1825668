import Foundation
import HTTP
import HTTPServer

/// A system under test for demonstrations and tests.
enum TargetCommand: Command {
    static let name = "target"
    static let summary = "Serve a small HTTP target to shoot at"
    static let flags = [
        Flag(name: "host", value: "ADDRESS", summary: "address to listen at (127.0.0.1)"),
        Flag(name: "port", value: "PORT", summary: "port, 0 for any free one (8099)"),
        Flag(name: "body-bytes", value: "N", summary: "size of every response body (64)"),
        Flag(name: "latency-ms", value: "MS", summary: "wait before each response (0)"),
        Flag(name: "failure-share", value: "SHARE", summary: "part answered 500, 0 to 1 (0)"),
        Flag(
            name: "per-path", value: "", summary: "count by the first part of the path, too",
            kind: .toggle),
    ]
    static let details = """
        Answers every path and method alike, spreads the failures evenly, and counts:
        GET \(statisticsPath) tells {"requests", "failures", "concurrentMax",
        "firstRequestAt", "lastRequestAt"}, times in seconds since 1970, and is not counted itself.
        With --per-path, "paths" has the same by the first part of a path, as "/a" of "/a/b".
        """
    static let statisticsPath = "/_target/statistics"
    private static let bodyBytesMax = 64 * 1024 * 1024

    /// An IPv6 address stands in brackets (RFC 3986, section 3.2.2).
    static func url(host: String, port: Int) -> String {
        host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do {
            var configuration = ServerConfiguration(
                host: arguments["host"] ?? "127.0.0.1",
                port: try arguments.number("port", in: 0...65_535, default: 8099))
            configuration.limits.connectionsMax = 10_000
            let target = Target(
                bodyBytes: try arguments.number(
                    "body-bytes", in: 0...bodyBytesMax, default: 64),
                latency: .milliseconds(
                    try arguments.number("latency-ms", in: 0...600_000, default: 0)),
                failureShare: try arguments.number("failure-share", in: 0...1.0, default: 0),
                tellsPathsApart: arguments["per-path"] == "true")
            let server = HTTPServer(configuration: configuration, router: target.router)
            let port = try server.start()
            Console.output("target listens on \(url(host: configuration.host, port: port))\n")
            for await _ in Signals.stream(of: [SIGINT, SIGTERM]) { break }
            await server.shutdown(within: .seconds(1))
            let counts = target.counts
            Console.output("target answered \(counts.requests), \(counts.failures) with 500\n")
            return 0
        } catch let error as ArgumentError {
            return refuse(error.message)
        } catch {
            Console.error("swarmkeeper target: \(error)\n")
            return 1
        }
    }
}
