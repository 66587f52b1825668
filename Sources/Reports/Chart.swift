import Foundation

/// One picture of a run over its time, as inline SVG. The curves are stretched to whatever width
/// there is, and the text is not, so that it is as readable on a telephone as on paper.
struct Chart {
    struct Line {
        /// Nil ends the line; it goes on behind the gap.
        let values: [Double?]
        let name: String
        /// What the legend says behind the name; empty for nothing.
        let figure: String
        /// Which of the colours and dashes, from 1; the style has them.
        let look: Int
        /// Whether the area below it is filled.
        var isArea = false
    }

    static let height = 190.0
    /// Room above the curves for the top line's label, and below for the times.
    private static let top = 20.0
    private static let bottom = 22.0
    /// The width of the stretched picture in its own units.
    private static let width = 1000.0

    let id: String
    let title: String
    let unit: String
    /// For those who do not see it.
    let description: String
    let lines: [Line]
    /// Seconds of one step, and of all.
    let step: Double
    let seconds: Double
    /// Times without observations, as parts of `seconds`.
    var gaps: [ClosedRange<Double>] = []
    /// When something happened, in seconds.
    var marks: [Double] = []

    var html: HTML {
        guard lines.contains(where: { $0.values.contains { $0 != nil } }) else { return empty }
        let most = lines.flatMap(\.values).compactMap(\.self).max() ?? 0
        let (across, along) = (ChartScale.values(upTo: most), ChartScale.time(of: seconds))
        return """
            <figure class="chart">
            <figcaption><h3>\(title)</h3>\(legend)</figcaption>
            <svg role="img" aria-labelledby="\(id)-t \(id)-d" width="100%" \
            height="\(Int(Self.height))">
            <title id="\(id)-t">\(title)</title><desc id="\(id)-d">\(description)</desc>
            \(grid(across))\(axis(along))
            \(picture(across))
            \(across.marks.map { label($0, across) })
            </svg>
            </figure>

            """
    }

    private var empty: HTML {
        """
        <figure class="chart"><figcaption><h3>\(title)</h3></figcaption>
        <p class="none">\(description)</p></figure>

        """
    }

    private var legend: HTML {
        let entries = lines.map { line -> HTML in
            """
            <li><svg class="key" width="22" height="10" aria-hidden="true">\
            <line class="l\(line.look)" x1="1" x2="21" y1="5" y2="5"/></svg>\(line.name)\
            \(line.figure.isEmpty ? nil : " <b>\(line.figure)</b>" as HTML)</li>
            """
        }
        return "<ul class=\"legend\">\(entries)</ul>"
    }
}

extension Chart {
    private var plotHeight: Double { Self.height - Self.top - Self.bottom }

    private func y(_ value: Double, _ scale: ChartScale) -> Double {
        Self.top + plotHeight * (1 - scale.share(of: value))
    }

    private func grid(_ scale: ChartScale) -> [HTML] {
        scale.marks.map { mark in
            let y = Self.text(y(mark, scale))
            let kind = mark == 0 ? "base" : "grid"
            return "<line class=\"\(kind)\" x1=\"0\" x2=\"100%\" y1=\"\(y)\" y2=\"\(y)\"/>"
        }
    }

    /// Above its line, at the left; the topmost says the unit.
    private func label(_ mark: Double, _ scale: ChartScale) -> HTML {
        guard mark > 0 else { return "" }
        let isTop = mark + scale.step > scale.end * (1 + 1e-9)
        let text = ReportText.number(mark) + (isTop ? " \(unit)" : "")
        return """
            <text class="tick" x="0" y="\(Self.text(y(mark, scale) - 4))">\(text)</text>
            """
    }

    private func axis(_ scale: ChartScale) -> [HTML] {
        scale.marks.map { mark in
            let share = scale.share(of: mark)
            // The last one would stand out over the edge.
            let anchor = mark == 0 ? "start" : share > 0.94 ? "end" : "middle"
            return """
                <text class="tick" x="\(Self.text(share * 100))%" \
                y="\(Self.text(Self.height - 5))" text-anchor="\(anchor)">\
                \(ReportText.elapsed(mark))</text>
                """
        }
    }

    private func picture(_ scale: ChartScale) -> HTML {
        let dark = gaps.map { gap -> HTML in
            let (from, to) = (x(gap.lowerBound), x(gap.upperBound))
            return """
                <rect class="gap" x="\(Self.text(from))" y="0" width="\(Self.text(to - from))" \
                height="\(Self.text(plotHeight))"/>
                """
        }
        let moments = marks.map { mark -> HTML in
            let x = Self.text(x(mark))
            return """
                <line class="mark" x1="\(x)" x2="\(x)" y1="0" y2="\(Self.text(plotHeight))"/>
                """
        }
        return """
            <svg y="\(Self.text(Self.top))" width="100%" height="\(Self.text(plotHeight))" \
            viewBox="0 0 \(Int(Self.width)) \(Self.text(plotHeight))" preserveAspectRatio="none">
            \(dark)\(moments)\(lines.map { curve($0, scale) })
            </svg>
            """
    }

    private func curve(_ line: Line, _ scale: ChartScale) -> HTML {
        var (path, area) = ("", "")
        for run in Self.unbroken(line.values) {
            let points = run.map { index, value in
                // A step's value is that of its middle.
                let middle = min(seconds, (Double(index) + 0.5) * step)
                let height = plotHeight * (1 - scale.share(of: value))
                return "\(Self.text(x(middle))) \(Self.text(height))"
            }
            guard let first = run.first, let last = run.last else { continue }
            // A single point is a short line: without a length there is nothing to see.
            let tail = points.count == 1 ? "h2" : ""
            path += "M" + points.joined(separator: "L") + tail
            guard line.isArea else { continue }
            let (from, to) = ((Double(first.0) + 0.5) * step, (Double(last.0) + 0.5) * step)
            let floor = Self.text(plotHeight)
            area += "M\(Self.text(x(from))) \(floor)L" + points.joined(separator: "L")
            area += "L\(Self.text(x(min(seconds, to)))) \(floor)Z"
        }
        let fill: HTML? = area.isEmpty ? nil : "<path class=\"a\(line.look)\" d=\"\(area)\"/>"
        return "\(fill)<path class=\"l\(line.look)\" d=\"\(path)\"/>"
    }

    private func x(_ second: Double) -> Double {
        Self.width * min(1, max(0, second / max(seconds, 0.001)))
    }

    /// The values that follow one another without a gap, each with its place.
    private static func unbroken(_ values: [Double?]) -> [[(Int, Double)]] {
        var runs: [[(Int, Double)]] = []
        var isOpen = false
        for (index, value) in values.enumerated() {
            guard let value else {
                isOpen = false
                continue
            }
            if !isOpen { runs.append([]) }
            isOpen = true
            runs[runs.count - 1].append((index, value))
        }
        return runs
    }

    static func text(_ number: Double) -> String {
        let rounded = (number * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
