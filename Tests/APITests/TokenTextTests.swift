import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import API

struct TokenTextTests {
    private static let id = TokenID("0af76519-16cd-43dd-8448-eb211c80319c")

    private func new() throws -> TokenText { try #require(TokenText(newFor: Self.id)) }

    @Test func `a token has the form that scanners look for, with its id in it`() throws {
        let text = try new().text
        #expect(try /swk_[0-9a-f]{32}_[0-9A-Za-z]{49}/.wholeMatch(in: text) != nil)
        #expect(text.hasPrefix("swk_0af7651916cd43dd8448eb211c80319c_"))
        #expect(TokenText(text)?.text == text)
    }

    @Test func `no two secrets are alike, and all characters occur alike`() throws {
        var counts: [Character: Int] = [:]
        var secrets: Set<Substring> = []
        for _ in 0..<500 {
            let secret = try new().text.dropFirst(37).prefix(TokenText.secretLength)
            secrets.insert(secret)
            for character in secret { counts[character, default: 0] += 1 }
        }
        #expect(secrets.count == 500)
        #expect(counts.count == 62)
        // 21,500 characters, 347 of each on average: seven standard deviations to each side.
        for (character, count) in counts { #expect((217...477).contains(count), "\(character)") }
    }

    @Test func `the stored proof knows its token and no other, and does not tell it`() throws {
        let (text, other) = (try new(), try new())
        let proof = try #require(text.newProof())
        #expect(text.matches(proof))
        #expect(!other.matches(proof))
        let again = try #require(text.newProof())
        #expect(again.salt != proof.salt && again.hash != proof.hash)
        #expect(proof.salt.count == TokenText.saltBytes)
        #expect(!text.matches(TokenProof(salt: proof.salt, hash: [])))
        #expect(!text.matches(TokenProof(salt: proof.salt, hash: Array(proof.hash.dropLast()))))
        #expect(!text.matches(TokenProof(salt: [], hash: proof.hash)))
    }

    @Test func `a thousand texts that are almost tokens are none`() throws {
        var random = SeededGenerator(seed: 7)
        let snippets = ["", "swk_", "_", " ", "é", "\u{0}", "swk_swk_", "-", "/", "="]
        for _ in 0..<1000 {
            var text = try new().text
            let original = text
            let place = text.index(
                text.startIndex, offsetBy: Int.random(in: 0..<text.count, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: text.remove(at: place)
            case 1: text = String(text[..<place])
            case 2: text.insert(contentsOf: random.pick(snippets), at: place)
            case 3: text.replaceSubrange(place...place, with: random.pick(snippets))
            default: text = text.uppercased()
            }
            guard text != original else { continue }
            #expect(TokenText(text) == nil, "\(text)")
        }
    }
}
