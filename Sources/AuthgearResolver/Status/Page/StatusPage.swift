import Authentication
import Bytes

/// The status page: one HTML document without scripts, which needs nothing from anywhere else.
///
/// Whatever is text on it goes through `HTML.add`; what is markup stands in the sources.
package struct StatusPage {
    /// What a browser may do with it: show it, with its own style, and nothing else.
    package static let contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

    let report: StatusReport

    package init(_ report: StatusReport) {
        self.report = report
    }

    package var text: String {
        var page = HTML()
        page.markup(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="refresh" content="5">
            <link rel="icon" href="data:,">
            <title>
            """)
        page.add("\(report.state.rawValue) – authgear-resolver")
        page.markup("</title>\n<style>\n")
        page.add(style: StatusStyle.sheet)
        page.markup("\n</style>\n</head>\n<body>\n")
        writeTop(to: &page)
        page.markup("<main>\n")
        writePlots(to: &page)
        writeTables(to: &page)
        page.markup(
            "</main>\n<footer>Fresh every 5 seconds. The same for programs: <code>/status.json</code>.</footer>")
        page.markup("\n</body>\n</html>\n")
        return page.text
    }

    private func writeTop(to page: inout HTML) {
        page.markup("<header><h1>authgear-resolver</h1>\n<p class=\"state\">")
        report.state.tone.write(report.state.rawValue, to: &page)
        page.markup("</p></header>\n<dl>")
        let spent = Duration.microseconds(max(0, report.at.microseconds - report.stateSince.microseconds))
        writeFact("since", "\(report.stateSince.rfc3339) (\(Readable.span(spent)))", to: &page)
        writeFact("version", Version.program, to: &page)
        writeFact("up for", Readable.span(report.uptime), to: &page)
        writeFact("configuration", "generation \(report.generation)", to: &page)
        if !report.digest.isEmpty { writeFact("SHA-256", "\(report.digest.prefix(16))…", to: &page) }
        writeFact("seen at", report.at.rfc3339, to: &page)
        page.markup("</dl>\n")
        guard !report.problems.isEmpty else { return }
        page.markup("<ul aria-label=\"what is missing\">")
        for problem in report.problems { page.element("<li>", problem, "</li>") }
        page.markup("</ul>\n")
    }

    private func writeFact(_ name: StaticString, _ value: String, to page: inout HTML) {
        page.markup("<div><dt>")
        page.markup(name)
        page.element("</dt><dd>", value, "</dd></div>")
    }

    private func writePlots(to page: inout HTML) {
        let history = report.history
        let ages = history.map(\.age)
        let names: [StaticString] = ["valid", "invalid", "none", "unknown"]
        let outcomes = zip(Outcome.allCases.indices, names).map { place, name in
            StatusPlot.Line(
                name: name, values: history.map { $0.outcomes.indices.contains(place) ? $0.outcomes[place] : nil })
        }
        page.markup("<div class=\"plots\">\n")
        StatusPlot(
            title: "Requests a second", lines: [.init(name: "all", values: history.map(\.requests))], ages: ages,
            words: Readable.rate
        ).write(to: &page)
        StatusPlot(title: "Outcomes a second", lines: outcomes, ages: ages, words: Readable.rate).write(to: &page)
        StatusPlot(
            title: "Time of a request",
            lines: [.init(name: "p50", values: history.map(\.p50)), .init(name: "p99", values: history.map(\.p99))],
            ages: ages, words: Readable.time
        ).write(to: &page)
        StatusPlot(
            title: "Answered from memory", lines: [.init(name: "hit rate", values: history.map(\.hitRate))],
            ages: ages, most: 1, words: Readable.percent
        ).write(to: &page)
        page.markup("</div>\n")
    }
}

extension Readiness.State {
    var tone: StatusTable.Tone {
        switch self {
        case .ready: .good
        case .starting, .degraded, .draining: .warning
        case .unavailable: .bad
        }
    }
}
