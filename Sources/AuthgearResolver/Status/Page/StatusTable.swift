/// A table of the status page: a caption, a heading for each column, and the first cell of each row as its heading.
struct StatusTable {
    struct Column {
        var title: StaticString
        var isNumber = false

        static func text(_ title: StaticString) -> Column { Column(title: title) }
        static func number(_ title: StaticString) -> Column { Column(title: title, isNumber: true) }
    }

    /// How good something is; beside the word it gets a sign and a colour.
    enum Tone {
        case good, warning, bad

        var className: StaticString {
            switch self {
            case .good: "good"
            case .warning: "warning"
            case .bad: "bad"
            }
        }

        var sign: StaticString {
            switch self {
            case .good: "✓"
            case .warning: "▲"
            case .bad: "✕"
            }
        }
    }

    enum Cell {
        case text(String)
        /// A word that says how good something is.
        case word(String, Tone)
        /// What is used of a whole: the text and how much of it.
        case share(String, Double)
        case nothing

        static func optional(_ text: String?) -> Cell { text.map { .text($0) } ?? .nothing }
    }

    var caption: StaticString
    var columns: [Column]
    var rows: [[Cell]] = []
    /// What is said where there are no rows.
    var absence: StaticString = "None."

    /// Whether it has so many columns that a narrow screen shows each row as a list.
    private var isWide: Bool { columns.count > 3 }

    func write(to page: inout HTML) {
        isWide ? page.markup("<table class=\"wide\">") : page.markup("<table>")
        page.markup("<caption>")
        page.markup(caption)
        page.markup("</caption>")
        if !rows.isEmpty { writeHead(to: &page) }
        page.markup("<tbody>")
        for row in rows { write(row, to: &page) }
        if rows.isEmpty {
            page.markup("<tr><td class=\"quiet\">")
            page.markup(absence)
            page.markup("</td></tr>")
        }
        page.markup("</tbody></table>\n")
    }

    private func writeHead(to page: inout HTML) {
        page.markup("<thead><tr>")
        for column in columns {
            column.isNumber ? page.markup("<th scope=\"col\" class=\"number\">") : page.markup("<th scope=\"col\">")
            page.markup(column.title)
            page.markup("</th>")
        }
        page.markup("</tr></thead>")
    }

    private func write(_ row: [Cell], to page: inout HTML) {
        page.markup("<tr>")
        for (place, (column, cell)) in zip(columns, row).enumerated() {
            if place == 0 {
                page.markup("<th scope=\"row\">")
            } else {
                page.markup("<td data-column=\"")
                page.markup(column.title)
                column.isNumber ? page.markup("\" class=\"number\">") : page.markup("\">")
            }
            cell.write(to: &page)
            place == 0 ? page.markup("</th>") : page.markup("</td>")
        }
        page.markup("</tr>")
    }
}

extension StatusTable.Cell {
    func write(to page: inout HTML) {
        switch self {
        case .text(let text): page.add(text)
        case .word(let word, let tone): tone.write(word, to: &page)
        case .share(let text, let share):
            page.element(
                "<span class=\"share\">", text,
                "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" ")
            page.markup("aria-hidden=\"true\"><rect class=\"used\" height=\"10\" width=\"")
            page.add(coordinate: min(max(share, 0), 1) * 100)
            page.markup("\"/><rect class=\"rail\" width=\"100\" height=\"10\"/></svg></span>")
        case .nothing: page.markup("–")
        }
    }
}

extension StatusTable.Tone {
    /// The word with its sign.
    func write(_ word: String, to page: inout HTML) {
        page.markup("<span class=\"")
        page.markup(className)
        page.markup("\"><span aria-hidden=\"true\">")
        page.markup(sign)
        page.markup("</span> ")
        page.add(word)
        page.markup("</span>")
    }
}
