import Foundation
import TestSupport
import Testing

@testable import Logging

struct SecretTests {
    private func masked(_ text: String, _ secrets: [String], bytesMax: Int = 1000) -> String {
        String(
            decoding: Redaction(secrets: secrets).apply(to: text, bytesMax: bytesMax),
            as: UTF8.self)
    }

    @Test func `only texts long enough to be secrets are masked`() {
        #expect(masked("abcdefg", ["abcdefg"]) == "abcdefg")
        #expect(masked("-abcdefgh-", ["abcdefgh"]) == "-***-")
        #expect(masked("anything", [""]) == "anything")
    }

    @Test func `secrets that overlap or contain each other leave nothing`() {
        #expect(masked("<abcdefgh12345678>", ["abcdefgh1234", "efgh12345678"]) == "<***>")
        #expect(masked("<abcdefghij>", ["abcdefgh", "abcdefghij"]) == "<***>")
        #expect(masked("aaaaaaaaaaaa", ["aaaaaaaa"]) == "***")
    }

    @Test func `a cut never leaves the beginning of a secret`() {
        let secret = "abcdefghijklmnop"
        for limit in 0...40 {
            let text = masked("....................\(secret)....", [secret], bytesMax: limit)
            #expect(!text.contains("a"), "\(limit)")
        }
    }

    @Test func `random texts lose every occurrence and nothing else`() {
        var random = SeededGenerator(seed: 4)
        let secrets = ["abababab", "babababb", "aaaaaaaaab"]
        for _ in 0..<2000 {
            let text = String(
                (0..<40).map { _ in Bool.random(using: &random) ? "a" as Character : "b" })
            let shown = masked(text, secrets)
            #expect(secrets.allSatisfy { !shown.contains($0) })
            #expect((shown == text) == secrets.allSatisfy { !text.contains($0) })
        }
    }

    @Test func `a reload replaces what is masked`() {
        let (sink, registry) = (MemorySink(), SecretRegistry(["old-secret"]))
        let logger = Logger(sink: sink, secrets: registry)
        logger.info("old-secret new-secret")
        registry.replace(["new-secret"])
        logger.info("old-secret new-secret")
        #expect(sink.lines[0].contains("*** new-secret"))
        #expect(sink.lines[1].contains("old-secret ***"))
    }
}
