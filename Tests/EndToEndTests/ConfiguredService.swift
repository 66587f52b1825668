import Foundation
import JSON
import TestSupport

/// A service without clusters, with settings of its own.
final class ConfiguredService {
    let program: Program
    let port: Int
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - server: what the configuration says of `server` besides the port, in braces' form.
    ///   - sections: what the configuration says besides.
    init(_ server: String, _ sections: String = "") async throws {
        folder = try TemporaryFolder()
        try Self.write(server, sections, in: folder)
        let program = try Program(["serve", "--config", folder.path("config.yaml")])
        self.program = program
        _ = await eventually { program.output.contains("\"listening\"") || !program.isRunning }
        let lines = program.output.split(separator: "\n").map { JSONValue(String($0)) }
        guard
            let line = lines.last(where: { $0?["event"]?.text == "listening" }),
            let port = line?["port"]?.integer
        else { throw HarnessError("the service does not listen:\n\(program.output)") }
        self.port = port
    }

    deinit { program.end() }

    private static func write(
        _ server: String, _ sections: String, in folder: TemporaryFolder
    ) throws {
        try """
        server: { port: 0, \(server) }
        storage: { path: "\(folder.path("store.db"))" }
        security: { apiToken: \(Service.administrator) }
        \(sections)
        """.write(toFile: folder.path("config.yaml"), atomically: true, encoding: .utf8)
    }

    /// Changes the settings and has them read.
    func reload(_ server: String, _ sections: String = "") throws {
        try Self.write(server, sections, in: folder)
        program.signal(SIGHUP)
    }

    var client: Client { Client("http://127.0.0.1:\(port)", token: Service.administrator) }

    /// What curl shows of an answer, its head included.
    func ask(_ words: String..., path: String = "/health") async throws -> String {
        let own = ["curl", "-sS", "--include", "--max-time", "60"]
        return try await Curl.shell(own + words + ["http://127.0.0.1:\(port)\(path)"]).text
    }

    /// The line of the log about the request with this id, once it is there.
    func logLine(of requestID: String) async throws -> JSONValue {
        var found: JSONValue?
        let isThere = await eventually {
            found =
                program.output.split(separator: "\n").lazy
                .compactMap { JSONValue(String($0)) }
                .first { $0["requestId"]?.text == requestID }
            return found != nil
        }
        guard isThere, let found else { throw HarnessError("no line:\n\(program.output)") }
        return found
    }
}
