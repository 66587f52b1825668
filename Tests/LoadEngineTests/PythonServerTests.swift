import Foundation
import TestSupport
import Testing

@testable import LoadEngine

/// Python's http.server: its log has a line for each request.
@Suite(
    .enabled(if: ServerProcess.isInstalled("python3"), "python3 is not installed"),
    .timeLimit(.minutes(3)))
struct PythonServerTests {
    private static let program = """
        import sys, http.server
        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/" + sys.argv[1]
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        print("port", server.server_address[1], flush=True)
        server.serve_forever()
        """

    @Test(arguments: ["1.0", "1.1"])
    func `the counts are those of its log`(version: String) async throws {
        let folder = try TemporaryFolder()
        try Data("hello".utf8).write(to: URL(filePath: folder.path("a.txt")))
        let program = folder.path("server.py")
        try (Self.program + "\n").write(toFile: program, atomically: false, encoding: .utf8)
        let server = try ServerProcess(
            ["env", "-C", folder.path(""), "python3", program, version],
            output: folder.path("log.txt"))
        var port = 0
        #expect(
            await eventually {
                let words = server.text.split(whereSeparator: \.isWhitespace)
                guard words.count >= 2, words[0] == "port" else { return false }
                port = Int(words[1]) ?? 0
                return port > 0
            })
        let calls = [
            Call(path: "/a.txt"), Call(method: "HEAD", path: "/a.txt"),
            Call(path: "/b.txt", expected: StatusSet([404...404])),
        ]
        let run = try await load(
            LoadPlan(calls, at: [.local(port)], .users(4), requests: 300))
        expectConsistent(run)
        #expect(run.report.requests == 300)
        // Its queue of connections holds five; who comes when it is full comes again later.
        #expect(run.report.failures == 0, "\(run.report.examples)")
        func count(_ words: String) -> Int {
            server.text.split(separator: "\n").count { $0.contains(words) }
        }
        #expect(await eventually { count("HTTP/1.1\" ") == 300 })
        #expect(run.report.statuses == [200: count("\" 200 "), 404: count("\" 404 ")])
        for (call, endpoint) in zip(calls, run.report.total.endpoints) {
            #expect(Int(endpoint.requests) == count("\"\(call.method) \(call.path) "))
        }
        let connections = run.report.total.transport.connectionsOpened
        // Errors end a connection there.
        #expect(version == "1.0" ? connections == 300 : connections < 200)
    }
}
