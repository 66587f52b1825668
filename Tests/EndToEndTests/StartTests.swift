import Foundation
import JSON
import TestSupport
import Testing

/// What whoever starts the service hears when it does not come up.
struct StartTests {
    private func notStarted(_ program: Program) async throws -> JSONValue {
        #expect(try await program.exitCode() == 1)
        var line: JSONValue?
        let isTold = await eventually {
            let lines = program.output.split(separator: "\n").map { JSONValue(String($0)) }
            // All of it is the log's: nothing else may stand between its lines.
            guard !lines.contains(nil) else { return false }
            line = lines.compactMap(\.self).first { $0["event"]?.text == "not started" }
            return line != nil
        }
        #expect(isTold, "\(program.output)")
        #expect(line?["level"]?.text == "error")
        return try #require(line)
    }

    /// A configuration that differs from the service's in where its store is.
    private func configuration(of service: Service, store: String) throws -> String {
        let path = service.configurationPath
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let other = path + ".other"
        try text.replacing(service.storePath, with: store)
            .write(toFile: other, atomically: true, encoding: .utf8)
        return other
    }

    @Test func `a second service on the same port touches no store, its own included`()
        async throws
    {
        try await withService { service in
            let folder = try TemporaryFolder()
            let port = try #require(URL(string: service.baseURL)?.port)
            for store in [folder.path("other.db"), service.storePath] {
                let second = try Program([
                    "serve", "--port", "\(port)",
                    "--config", try configuration(of: service, store: store),
                ])
                let line = try await notStarted(second)
                #expect(line["kind"]?.text == "port")
                #expect(
                    line["cause"]?.text?.hasPrefix("port \(port) of 127.0.0.1 is in use") == true)
            }
            #expect(try folder.names().isEmpty)
            #expect(try await service.client().get("/ready").status == 200)
        }
    }

    @Test func `why the store cannot be used is a line of the log, with what to do`()
        async throws
    {
        try await withService { service in
            let locked = try await notStarted(
                Program(["serve", "--config", service.configurationPath]))
            #expect(locked["kind"]?.text == "locked")
            #expect(locked["cause"]?.text?.contains("process \(service.program.id)") == true)
            let folder = try TemporaryFolder()
            let missing = try await notStarted(
                Program([
                    "serve", "--config",
                    try configuration(of: service, store: folder.path("none/a.db")),
                ]))
            #expect(missing["kind"]?.text == "unreachable")
            #expect(missing["remedy"]?.text?.hasPrefix("create the folder") == true)
        }
    }
}
