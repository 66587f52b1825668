import Testing

@testable import Metrics

struct HistogramTests {
}
