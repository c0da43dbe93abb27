/// A small plot of the status page: up to four lines over the last 15 minutes, as inline SVG, with its figures in words.
struct StatusPlot {
    struct Line {
        /// What the legend calls it.
        var name: StaticString
        /// The oldest first; nil: the line has a gap.
        var values: [Double?]
    }

    private static let (width, height) = (300.0, 60.0)
    private static let lineClasses: [StaticString] = ["line1", "line2", "line3", "line4"]
    /// What the plot is wide, in seconds.
    private static let span = 900.0
    /// Two points further apart than this, in seconds, have a gap between them.
    private static let gap = 15.0

    var title: StaticString
    var lines: [Line]
    /// How long ago each value is, in seconds.
    var ages: [Double]
    /// The top of the plot; nil: the greatest value.
    var most: Double?
    var words: (Double) -> String

    func write(to page: inout HTML) {
        let greatest = most ?? lines.flatMap(\.values).compactMap(\.self).max() ?? 0
        page.element("<figure><figcaption>", "\(title)", "</figcaption>")
        writeLegend(to: &page)
        page.element("<p><span>", "max \(words(greatest))", "</span></p>")
        page.markup("<svg viewBox=\"0 0 300 60\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"")
        page.add(summary)
        page.markup("\">")
        for (line, name) in zip(lines, Self.lineClasses) {
            for run in runs(of: line, upTo: greatest > 0 ? greatest : 1) where !run.isEmpty {
                write(run, as: name, to: &page)
            }
        }
        page.markup("</svg><p><span>15 min ago</span><span>now</span></p></figure>\n")
    }

    /// Each line with its dashes and its latest value.
    private func writeLegend(to page: inout HTML) {
        page.markup("<p class=\"legend\">")
        for (line, name) in zip(lines, Self.lineClasses) {
            page.markup("<span><svg viewBox=\"0 0 30 8\" aria-hidden=\"true\"><path class=\"key ")
            page.markup(name)
            page.markup("\" d=\"M0 4H30\"/></svg>")
            page.markup(line.name)
            page.add(" \(latest(of: line))")
            page.markup("</span>")
        }
        page.markup("</p>")
    }

    private func latest(of line: Line) -> String { line.values.last.flatMap(\.self).map(words) ?? "–" }

    /// What is drawn, for who does not see it.
    private var summary: String {
        let parts = lines.map { line in
            let greatest = line.values.compactMap(\.self).max()
            return "\(line.name) now \(latest(of: line)), at most \(greatest.map(words) ?? "–")"
        }
        return "\(title) over the last 15 minutes: " + parts.joined(separator: "; ")
    }

    /// The points of a line, parted where it has gaps.
    private func runs(of line: Line, upTo greatest: Double) -> [[(x: Double, y: Double)]] {
        var runs: [[(x: Double, y: Double)]] = [[]]
        var lastAge: Double?
        for (age, value) in zip(ages, line.values) where age <= Self.span {
            guard let value else {
                lastAge = nil
                continue
            }
            if let last = lastAge, last - age <= Self.gap {} else { runs.append([]) }
            lastAge = age
            let share = min(max(value / greatest, 0), 1)
            runs[runs.count - 1].append((Self.width * (1 - age / Self.span), (Self.height - 2) * (1 - share) + 1))
        }
        return runs
    }

    private func write(_ run: [(x: Double, y: Double)], as name: StaticString, to page: inout HTML) {
        page.markup("<polyline class=\"")
        page.markup(name)
        page.markup("\" points=\"")
        // A point alone is a short line: without a length nothing would be drawn.
        let points = run.count == 1 ? [(run[0].x - 1, run[0].y), run[0]] : run
        for (place, point) in points.enumerated() {
            if place > 0 { page.markup(" ") }
            page.add(coordinate: point.0)
            page.markup(",")
            page.add(coordinate: point.1)
        }
        page.markup("\"/>")
    }
}
