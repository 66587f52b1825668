import Glibc
import TestSupport

/// Shapes that response times come in.
enum Distribution: CaseIterable {
    case constant, small, uniform, exponential, bimodal, anyMagnitude

    func values(_ count: Int, seed: UInt64) -> [UInt64] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in value(&random) }
    }

    private func value(_ random: inout SeededGenerator) -> UInt64 {
        switch self {
        case .constant: 4711
        case .small: .random(in: 0...3000, using: &random)
        case .uniform: .random(in: 500_000...60_000_000, using: &random)
        case .exponential:
            UInt64(-log(Double.random(in: 1e-9...1, using: &random)) * 30_000)
        case .bimodal:
            Int.random(in: 0..<20, using: &random) == 0
                ? .random(in: 1_000_000...1_100_000, using: &random)
                : .random(in: 900...1100, using: &random)
        case .anyMagnitude:
            UInt64.random(in: 0..<(1 << 36), using: &random)
                >> UInt64.random(in: 0...35, using: &random)
        }
    }
}
