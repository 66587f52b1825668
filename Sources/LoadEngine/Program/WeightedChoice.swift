/// Chooses among numbers by weight.
package struct WeightedChoice: Equatable, Sendable {
    /// Sums of the weights up to and including each.
    private let sums: [Double]

    /// - Parameter weights: finite and not negative; at least one above 0.
    package init(_ weights: [Double]) {
        var sum = 0.0
        sums = weights.map { weight in
            sum += weight
            return sum
        }
        precondition(sum > 0 && sum.isFinite, "somebody has to be chosen")
    }

    func pick(using random: inout RandomSource) -> Int {
        guard sums.count > 1, let total = sums.last else { return 0 }
        let point = random.nextFraction() * total
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] <= point { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
