import TestSupport
import Testing

@testable import Comparison

struct SerialNoiseTests {
    /// An autoregression of the first order.
    private func series(_ coefficient: Double, count: Int) -> [Double] {
        var generator = SeededGenerator(seed: 9)
        var value = 0.0
        return (0..<count).map { _ in
            value = coefficient * value + Double.random(in: -1...1, using: &generator)
            return value
        }
    }

    @Test func `what tells nothing of its neighbours needs no blocks`() {
        let noise = SerialNoise(series(0, count: 400))
        #expect(noise.blockLength <= 3)
        #expect(noise.stretch(ofBlocks: noise.blockLength) < 1.2)
    }

    @Test func `the more alike neighbours are, the longer the blocks`() {
        let lengths = [0, 0.5, 0.8, 0.95].map { SerialNoise(series($0, count: 400)).blockLength }
        #expect(lengths == lengths.sorted() && lengths[0] < lengths[3])
    }

    @Test func `blocks that are too short are made up for`() {
        let noise = SerialNoise(series(0.8, count: 400))
        #expect(noise.stretch(ofBlocks: 1) > 2)
        #expect(noise.stretch(ofBlocks: 40) < noise.stretch(ofBlocks: 4))
    }

    @Test(arguments: [[], [1], [1, 2], [Double](repeating: 3, count: 100)])
    func `what hardly is a series has blocks, too`(series: [Double]) {
        let noise = SerialNoise(series)
        #expect(noise.blockLength >= 1)
        #expect(noise.stretch(ofBlocks: noise.blockLength) == 1)
    }

    @Test(arguments: [
        (1.0, 12.706), (2.0, 4.303), (3.0, 3.182), (10.0, 2.228), (30.0, 2.042), (1000.0, 1.962),
    ])
    func `Student's quantiles are those of the tables`(freedom: Double, quantile: Double) {
        #expect(abs(Student.quantile(freedom: freedom) / quantile - 1) < 0.02)
    }
}
