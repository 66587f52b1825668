import Foundation
import TestSupport
import Testing

@testable import LoadEngine
@testable import swarmkeeper

struct DescriptorTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: folder.path(name), atomically: true, encoding: .utf8)
        return folder.path(name)
    }

    @Test func `files are read whole or up to a limit`() throws {
        let path = try file("a", String(repeating: "x", count: 3_000_000))
        #expect(try Descriptor.read(path, upTo: 5_000_000).count == 3_000_000)
        #expect(try Descriptor.read(path, upTo: 2_000_001).count == 2_000_001)
        #expect(try Descriptor.read(path, upTo: 0).isEmpty)
    }

    @Test func `failures are told in the system's words`() throws {
        for (path, words) in [
            (folder.path(""), "Is a directory"), (folder.path("x"), "No such file or directory"),
        ] {
            let error = #expect(throws: TextFile.Failure.self) {
                try TextFile.read(path, bytesMax: 10)
            }
            #expect(error?.description == "\(path): cannot be read: \(words)")
            let other = #expect(throws: ConfigurationFile.Failure.self) {
                try ConfigurationFile.read(path, environment: [:])
            }
            #expect(other?.description == "\(path): cannot be read: \(words)")
        }
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        let error = #expect(throws: Descriptor.Failure.self) {
            try Descriptor.write("x", to: full)
        }
        #expect(error?.reason == "No space left on device")
    }

    @Test func `the files of TLS are looked at whatever the target speaks`() throws {
        func reason(_ change: (inout LoadSettings) -> Void) -> String? {
            var options = AttackOptions()
            options.url = "http://127.0.0.1:1/"
            change(&options.load)
            do {
                _ = try AttackPlan(options)
                return nil
            } catch {
                guard case .wrongFile(let reason) = error else { return "another" }
                return reason
            }
        }
        let missing = folder.path("missing.pem")
        let unread = "\(missing): cannot be read: No such file or directory"
        #expect(reason { $0.caFile = missing } == unread)
        let alone = try file("alone.pem", "-----BEGIN CERTIFICATE-----\n")
        let key = try file("key.pem", "-----BEGIN EC PRIVATE KEY-----\n")
        for (certificate, key, expected) in [
            (missing, key, unread), (alone, missing, unread), (alone, key, nil),
            (alone, alone, "\(alone): has no private key; give its file with --key"),
        ] {
            let told = reason {
                $0.clientCertificate = .init(certificateFile: certificate, keyFile: key)
            }
            #expect(told == expected)
        }
    }
}
