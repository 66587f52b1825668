import Foundation
import TestSupport
import Testing

@testable import swarmkeeper

struct SecretFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// - Returns: its path.
    private func file(_ bytes: [UInt8], mode: Int = 0o600) throws -> String {
        let path = folder.path("secret")
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func refusal(_ path: String) throws -> String {
        try #require(throws: SecretFile.Failure.self) { try SecretFile(path) }.message
    }

    @Test(arguments: [
        ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("s3cret", "s3cret"),
        ("s3cret\n\n", "s3cret\n"), ("", ""), ("\n", ""), (" a b ", " a b "), ("ä\r", "ä\r"),
    ])
    func `one line end at the end is not part of a secret`(content: String, expected: String)
        throws
    {
        let secret = try SecretFile(try file(Array(content.utf8)))
        #expect(Array(secret.text.utf8) == Array(expected.utf8))
        #expect(secret.warning == nil)
    }

    @Test func `a file may be as large as the limit and no larger`() throws {
        let full = [UInt8](repeating: 0x61, count: SecretFile.bytesMax)
        #expect(try SecretFile(try file(full)).text.utf8.count == SecretFile.bytesMax)
        #expect(try refusal(try file(full + [0x61])).contains("larger than the 16384 bytes"))
    }

    @Test(arguments: [[0xFF], [0x61, 0x00]] as [[UInt8]])
    func `what is no text is refused`(bytes: [UInt8]) throws {
        #expect(try refusal(try file(bytes)).hasSuffix("is not text in UTF-8"))
    }

    @Test func `what is no plain file is refused without waiting for it`() throws {
        let pipe = folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(try refusal(pipe).hasSuffix("is not a plain file"))
        #expect(try refusal("/dev/zero").hasSuffix("is not a plain file"))
        #expect(try refusal(folder.path("")).hasSuffix("is not a plain file"))
        #expect(try refusal(folder.path("none")).hasSuffix("No such file or directory"))
        #expect(try refusal("run/secrets/x").hasSuffix("must be named by its whole path"))
    }

    @Test func `a link to a secret is one, as mounted ones are`() throws {
        let link = folder.path("link")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: try file(Array("s3cret".utf8)))
        #expect(try SecretFile(link).text == "s3cret")
    }

    @Test func `who may read it is looked at`() throws {
        let path = try file(Array("s3cret".utf8), mode: 0o644)
        #expect(
            try SecretFile(path).warning
                == "the file \(path) can be read by everybody (mode 0644); chmod 600 it")
        #expect(try SecretFile(try file([0x61], mode: 0o640)).warning == nil)
    }
}
