import Foundation
import JSON
import TestSupport
import Testing

@testable import API

struct JSONWebTokenTests {
    @Test func `a token is taken apart as it was put together`() throws {
        let maker = TokenMaker()
        let token = try #require(JSONWebToken(maker.signed()))
        #expect(token.algorithm == .rs256 && token.keyID == "rsa-1")
        #expect(token.claims.audiences == ["swarmkeeper"] && token.claims.subject == "00u1")
        #expect(token.signedBytes == Array(maker.body.utf8))
        #expect(token.claims["email"] == "anna@example.com")
    }

    @Test func `a token of the longest length is read, and one byte more is not`() throws {
        let maker = TokenMaker()
        let room = JSONWebToken.bytesMax - maker.body.utf8.count - 1
        let longest = maker.body + "." + String(repeating: "A", count: room / 4 * 4)
        let rest = String(repeating: "A", count: room % 4)
        #expect(JSONWebToken(longest) != nil)
        #expect(JSONWebToken(longest + rest + "AAAA") == nil)
    }

    @Test func `times are seconds, and the skew forgives both ways`() throws {
        let claims = try #require(JSONWebToken(TokenMaker().signed())?.claims)
        #expect(claims.isCurrent(at: 1_800_000_000, skew: 0))
        #expect(!claims.isCurrent(at: 1_799_999_999, skew: 0))
        #expect(claims.isCurrent(at: 1_799_999_970, skew: 30))
        #expect(claims.isCurrent(at: 1_800_003_599.9, skew: 0))
        #expect(!claims.isCurrent(at: 1_800_003_600, skew: 0))
        #expect(claims.isCurrent(at: 1_800_003_629, skew: 30))
    }

    @Test func `an own token says of which user, login and version it is, for ten minutes`() throws
    {
        let key = SessionKey.ofTests
        let now = Date(timeIntervalSince1970: 1_800_000_000.7)
        let text = key.sign(.init("session"), of: .init("user"), version: 3, at: now)
        let token = try #require(JSONWebToken(text))
        let expected = SessionClaims(user: .init("user"), session: .init("session"), version: 3)
        #expect(key.read(token, at: 1_800_000_599) == expected)
        #expect(key.read(token, at: 1_800_000_600) == nil)
        #expect(SessionKey(secret: "another secret, of some length, too").read(token, at: 1) == nil)
        let again = SessionKey(secret: "a secret of thirty-two bytes or more")
        #expect(again == key && again.id == key.id)
        let other = SessionKey(secret: "a secret of thirty-two bytes or more.")
        #expect(other.id != key.id)
        #expect(!text.contains("secret"))
    }

    /// Bytes in all places changed, taken out, put in and doubled: what is read must be what was
    /// signed, and nothing else is valid.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `no mangled token is valid, and none breaks the reader`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let key = SessionKey.ofTests
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let right = key.sign(.init("s"), of: .init("u"), version: 1, at: now)
        let foreign = TokenMaker().signed()
        for _ in 0..<4000 {
            var bytes = Array((random.chance(50) ? right : foreign).utf8)
            for _ in 0...Int.random(in: 0...3, using: &random) {
                Self.mangle(&bytes, &random)
            }
            guard let text = String(validating: bytes, as: UTF8.self), text != right,
                text != foreign, let token = JSONWebToken(text)
            else { continue }
            #expect(key.read(token, at: 1_800_000_001) == nil, "\(text)")
            #expect(
                IdentityProvider.ofTests.principal(of: token, in: nil, at: 1_800_000_001) == nil)
        }
    }

    private static func mangle(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let snippets = [".", "..", "=", "eyJ", "\u{0}", "-_", "AAAA", "{}", "é"]
        let place = Int.random(in: 0..<max(1, bytes.count), using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 1: bytes.insert(contentsOf: random.pick(snippets).utf8, at: min(place, bytes.count))
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 3))
        case 3: bytes = Array(bytes[..<min(place, bytes.count)])
        case 4: bytes += bytes[min(place, bytes.count)...]
        default:
            if place < bytes.count { bytes[place] = UInt8.random(in: 0x20..<0x7F, using: &random) }
        }
    }
}
