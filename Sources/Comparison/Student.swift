import Glibc

enum Student {
    private static let normal = 1.959_964

    /// The quantile for 97.5 % of Student's distribution, from its expansion (Abramowitz and
    /// Stegun, 26.7.5), which is within 2 % from 3 degrees of freedom on.
    ///
    /// - Parameter freedom: degrees of freedom; fewer than 1 count as 1.
    static func quantile(freedom: Double) -> Double { widening(freedom: freedom) * normal }

    /// The same by the quantile of the normal distribution.
    static func widening(freedom: Double) -> Double {
        if freedom < 2 { return 12.706 / normal }
        if freedom < 3 { return 4.303 / normal }
        let z = normal
        let first = (z * z + 1) / 4
        let second = (5 * pow(z, 4) + 16 * z * z + 3) / 96
        let third = (3 * pow(z, 6) + 19 * pow(z, 4) + 17 * z * z - 15) / 384
        return 1 + (first + (second + third / freedom) / freedom) / freedom
    }
}
