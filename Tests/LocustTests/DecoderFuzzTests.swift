import JSON
import Testing

@testable import Locust

/// Damaged captures through every decoder: any outcome but a crash or a hang.
struct DecoderFuzzTests {
    /// SplitMix64, so that a failing seed can be run again.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let captures = [
        Captures.statsRunning, Captures.statsOf220, Captures.statsReady, Captures.exceptions,
        Captures.identity, Captures.swarmWithClasses, Captures.modernPageOf220,
        "window.templateArgs = \(Captures.templateArguments)", Captures.oldPageOf220,
    ]

    /// Pieces that decoders have stumbled over elsewhere.
    private static let pieces = [
        "1e300", "-1e300", "1e-999", "NaN", "-Infinity", "null", "[[[[[[", "{\"a\":", "\\ud800",
        "\\u0000", "\"", "\\", "}", "]", ",", ":", "99999999999999999999", "-0", "\u{0}", "{}",
        "\"Aggregated\"", "response_time_percentile_", "response_time_percentile_nan",
    ].map { Array($0.utf8) }

    private static let mutationsPerSeed = 250

    @Test(arguments: UInt64(1)...8)
    func `no damage makes a decoder crash`(seed: UInt64) async throws {
        var generator = Generator(state: seed)
        for _ in 0..<Self.mutationsPerSeed {
            guard let capture = Self.captures.randomElement(using: &generator) else { return }
            decodeAll(damage(Array(capture.utf8), &generator))
        }
    }

    @Test func `an answer may end anywhere`() {
        for capture in Self.captures {
            let bytes = Array(capture.utf8)
            for length in stride(from: 0, to: bytes.count, by: 7) {
                decodeAll(Array(bytes.prefix(length)))
            }
        }
    }

    private func damage(_ capture: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var bytes = capture
        for _ in 0...Int.random(in: 0..<6, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0..<40, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3:
                bytes.insert(
                    contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: place)
            default:
                bytes.replaceSubrange(
                    place..<end, with: Self.pieces.randomElement(using: &generator) ?? [])
            }
        }
        return bytes
    }

    private func decodeAll(_ bytes: [UInt8]) {
        _ = FrontPage.info(in: bytes)
        // Refusing is fine.
        guard let json = try? JSONReader.document(bytes, dialect: .python) else { return }
        if let report = StatsReport(json) {
            #expect(report.aggregated.requests >= 0 && report.userCount >= 0)
            let areFinite = report.aggregated.percentiles.values.allSatisfy { $0.isFinite }
            #expect(areFinite)
        }
        _ = MasterInfo(json)
        _ = SwarmAnswer(json)
        _ = RunIdentity(json)
        _ = json["exceptions"]?.items?.map(ExceptionRow.init)
    }
}
