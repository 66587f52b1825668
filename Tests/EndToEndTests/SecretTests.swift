import Foundation
import JSON
import TestSupport
import Testing

/// Secrets in files, and in the store, of the real program.
struct SecretTests {
    private static let old = String(repeating: "0a", count: 32)
    private static let new = String(repeating: "0b", count: 32)
    private static let password = "password-of-the-master"

    private func configuration(token file: String, keys: String) -> String {
        """
        server: { host: 127.0.0.1, port: 0 }
        storage: { path: "@STORE@"\(keys) }
        security: { apiToken: "${file:\(file)}" }
        tenants: [{ id: red, environments: [dev] }]
        locustClusters:
          - { id: main, baseUrl: "http://127.0.0.1:9", tenantId: red, envId: dev }

        """
    }

    private func write(_ text: String, to path: String, mode: Int = 0o600) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test func `a token in a file is read again by SIGHUP, and shown nowhere`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path("token")
        try await withService { service in
            try write("first-token-in-a-file\n", to: file)
            try service.reload(configuration(token: file, keys: ""))
            let first = service.client("first-token-in-a-file")
            #expect(await eventually { (try? await first.get("/v1/runs"))?.status == 200 })
            try write("second-token-in-a-file\n", to: file, mode: 0o644)
            service.program.signal(SIGHUP)
            let second = service.client("second-token-in-a-file")
            #expect(await eventually { (try? await second.get("/v1/runs"))?.status == 200 })
            #expect(try await first.get("/v1/runs").status == 401)
            #expect(service.log.contains("can be read by everybody (mode 0644)"))
            let checked = try Program(["check-config", service.configurationPath])
            #expect(try await checked.exitCode() == 0)
            #expect(await eventually { checked.output.contains("apiToken: \"***\"") })
            for text in [service.log, checked.output] {
                #expect(!text.contains("token-in-a-file"))
            }
            try FileManager.default.removeItem(atPath: file)
            service.program.signal(SIGHUP)
            #expect(
                await eventually { service.log.contains("cannot be read: No such file") })
            #expect(try await second.get("/v1/runs").status == 200, "a wrong file changes nothing")
        }
    }

    @Test func `credentials of a cluster outlive restarts and a new key, encrypted`() async throws {
        let folder = try TemporaryFolder()
        let file = folder.path("token")
        try write(Service.administrator, to: file)
        let path = "/v1/clusters/main/credentials"
        try await withService { service in
            try service.write(
                configuration(token: file, keys: ", encryptionKey: \"\(Self.old)\""))
            await service.end()
            try await service.restart()
            let set = try await service.client().call(
                "PUT", path, ["user": "keeper", "password": Self.password])
            #expect(set.status == 200)
            service.crash()
            try service.write(
                configuration(
                    token: file,
                    keys: ", encryptionKey: \"\(Self.new)\", previousKeys: [\"\(Self.old)\"]"))
            try await service.restart()
            #expect(try await service.client().get(path)["usable"]?.bool == true)
            await service.end()
            // The old key is not needed any more.
            try service.write(
                configuration(token: file, keys: ", encryptionKey: \"\(Self.new)\""))
            try await service.restart()
            #expect(try await service.client().get(path)["usable"]?.bool == true)
            await service.end()
            let store = try Data(contentsOf: URL(filePath: service.storePath))
            #expect(store.range(of: Data(Self.password.utf8)) == nil)
            for program in service.programs { #expect(!program.output.contains(Self.password)) }
            // Without any key the service works, and says what it cannot use.
            try service.write(configuration(token: file, keys: ""))
            try await service.restart()
            #expect(service.log.contains("cluster credentials not used"))
            let found = try await service.client().get(path)
            #expect(found["set"]?.bool == true && found["usable"]?.bool == false)
        }
    }
}
