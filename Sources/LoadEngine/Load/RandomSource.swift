/// Repeatable random numbers in eight bytes, so that ten thousand users each have their own:
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
/// Not for secrets.
package struct RandomSource: RandomNumberGenerator, Equatable, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// The source of one user, or of one arrival: those of different numbers are unrelated.
    package init(seed: UInt64, number: UInt64) {
        var mixer = RandomSource(seed: seed ^ (number &* 0x9E37_79B9_7F4A_7C15))
        state = mixer.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Evenly spread over 0 ..< 1.
    package mutating func nextFraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}
