import Foundation
import Metrics

/// How many requests took how long, as bars of equal width on a logarithmic scale: response times
/// lie far apart, and the rare slow ones matter most.
struct DistributionChart {
    private static let height = 190.0
    private static let top = 20.0
    private static let bottom = 22.0

    let bars: [ResponseTimeBar]
    let histogram: Histogram

    init(_ histogram: Histogram) {
        self.histogram = histogram
        bars = ResponseTimeBar.bars(of: histogram)
    }

    /// - Parameter percentiles: to be marked, in milliseconds.
    func html(_ percentiles: [(name: String, milliseconds: Double)]) -> HTML {
        guard let first = bars.first, let last = bars.last else { return "" }
        let most = bars.map { Double($0.count) }.max() ?? 0
        let scale = ChartScale.values(upTo: most / Double(max(1, histogram.count)) * 100)
        let span = log(last.to / first.from)
        let place = { (micros: Double) in min(1, max(0, log(micros / first.from) / span)) }
        let described = percentiles.map { "\($0.name) \(ReportText.milliseconds($0.milliseconds))" }
        return """
            <figure class="chart">
            <figcaption><h3>How long responses took</h3>\
            <ul class="legend"><li>share of requests, logarithmic in time</li></ul></figcaption>
            <svg role="img" aria-labelledby="spread-t spread-d" width="100%" \
            height="\(Int(Self.height))">
            <title id="spread-t">How long responses took</title>
            <desc id="spread-d">Between \(Self.milliseconds(histogram.min)) and \
            \(Self.milliseconds(histogram.max)); \
            \(described.joined(separator: ", ")).</desc>
            \(grid(scale))
            \(picture(scale))
            \(percentiles.enumerated().map { mark($1, $0, place($1.milliseconds * 1000)) })
            \(labels(first.from, last.to, place))
            </svg>
            </figure>

            """
    }

    private static func milliseconds(_ micros: UInt64) -> String {
        ReportText.milliseconds(Double(micros) / 1000)
    }

    private var plotHeight: Double { Self.height - Self.top - Self.bottom }

    private func grid(_ scale: ChartScale) -> [HTML] {
        scale.marks.map { mark in
            let y = Self.top + plotHeight * (1 - scale.share(of: mark))
            let text = Chart.text(y)
            let line: HTML = """
                <line class="\(mark == 0 ? "base" : "grid")" x1="0" x2="100%" \
                y1="\(text)" y2="\(text)"/>
                """
            guard mark > 0 else { return line }
            // On the side where there are the fewest bars.
            return line + """
                <text class="tick" x="100%" y="\(Chart.text(y - 4))" text-anchor="end">\
                \(ReportText.number(mark))%</text>
                """
        }
    }

    private func picture(_ scale: ChartScale) -> HTML {
        let each = 1000 / Double(bars.count)
        let rectangles = bars.enumerated().compactMap { index, bar -> HTML? in
            guard bar.count > 0 else { return nil }
            let share = scale.share(of: Double(bar.count) / Double(histogram.count) * 100)
            // What is there at all is seen.
            let height = max(1, plotHeight * share)
            return """
                <rect class="bar" x="\(Chart.text(Double(index) * each + each * 0.08))" \
                y="\(Chart.text(plotHeight - height))" width="\(Chart.text(each * 0.84))" \
                height="\(Chart.text(height))"/>
                """
        }
        return """
            <svg y="\(Chart.text(Self.top))" width="100%" height="\(Chart.text(plotHeight))" \
            viewBox="0 0 1000 \(Chart.text(plotHeight))" preserveAspectRatio="none">
            \(rectangles)</svg>
            """
    }

    private func mark(
        _ percentile: (name: String, milliseconds: Double), _ index: Int, _ share: Double
    ) -> HTML {
        let x = Chart.text(share * 100) + "%"
        let y = Self.top + 8 + Double(index) * 15
        let isRight = share > 0.8
        return """
            <line class="percentile" x1="\(x)" x2="\(x)" y1="\(Chart.text(y - 8))" \
            y2="\(Chart.text(Self.height - Self.bottom))"/>\
            <text class="tick strong" x="\(x)" dx="\(isRight ? "-4" : "4")" y="\(Chart.text(y))" \
            text-anchor="\(isRight ? "end" : "start")">\(percentile.name)</text>
            """
    }

    /// Round times below the bars, at most one per power of ten and some between.
    private func labels(_ from: Double, _ to: Double, _ place: (Double) -> Double) -> [HTML] {
        let decades = log10(to / from)
        let factors: [Double] = decades > 3 ? [1] : decades > 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 5, 7]
        var shown: [HTML] = []
        var last = -1.0
        for power in Int(floor(log10(from)))...Int(ceil(log10(to))) {
            for factor in factors {
                let micros = factor * pow(10, Double(power))
                let share = place(micros)
                // A label needs room, which a telephone has for about six.
                guard micros >= from, micros <= to, share - last > 0.11 else { continue }
                last = share
                let anchor = share < 0.06 ? "start" : share > 0.94 ? "end" : "middle"
                shown.append(
                    """
                    <text class="tick" x="\(Chart.text(share * 100))%" \
                    y="\(Chart.text(Self.height - 5))" text-anchor="\(anchor)">\
                    \(ReportText.milliseconds(micros / 1000))</text>
                    """)
            }
        }
        return shown
    }
}
