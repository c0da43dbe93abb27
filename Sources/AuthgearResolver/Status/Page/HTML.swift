/// HTML that is put together: markup is ours, and stands in the sources; whatever else comes is text, and is escaped by one function.
package struct HTML {
    package private(set) var text = ""

    /// A text is cut after so many characters: no name makes a page unreadable.
    package static let maximumCharacters = 512

    package init() {}

    /// Adds markup as it stands.
    mutating func markup(_ markup: StaticString) { text += "\(markup)" }

    /// Adds text of any origin, between tags or within a quoted attribute.
    mutating func add(_ other: String) { text += Self.escape(other) }

    /// Adds a style sheet, in which nothing can end its element.
    mutating func add(style sheet: String) { text += sheet.filter { $0 != "<" } }

    /// Adds a number that a drawing is made of, to the tenth.
    mutating func add(coordinate number: Double) {
        let tenths = Int((min(max(number, -1e6), 1e6) * 10).rounded())
        text += tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// Adds an element that has nothing but text in it.
    ///
    /// - Parameters:
    ///   - start: its start tag.
    ///   - end: its end tag.
    mutating func element(_ start: StaticString, _ other: String, _ end: StaticString) {
        markup(start)
        add(other)
        markup(end)
    }

    /// Text in which nothing can be taken for markup, and which can't change the order of what stands around it.
    package static func escape(_ text: String) -> String {
        var escaped = ""
        for (place, scalar) in text.unicodeScalars.enumerated() {
            if place == maximumCharacters {
                escaped += "…"
                break
            }
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case _ where !isShown(scalar): escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whether a character may stand on a page as it is: no control (which HTML forbids), none that sets the direction of writing,
    /// none that can't be seen or is no character.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
