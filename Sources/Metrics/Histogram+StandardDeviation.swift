extension Histogram {
    /// How far the values are spread around their mean, as a standard deviation of all of them; a
    /// bucket counts as its middle. 0 when there are no values.
    package var standardDeviation: Double {
        guard count > 0 else { return 0 }
        let mean = mean
        let squares = occupied.reduce(0.0) { sum, bucket in
            let low = Double(Swift.max(Buckets.lowest(in: bucket.index), min))
            let high = Double(Swift.min(Buckets.highest(in: bucket.index), max))
            let distance = (low + high) / 2 - mean
            return sum + distance * distance * Double(bucket.count)
        }
        return (squares / Double(count)).squareRoot()
    }
}
