/// Reads one line of a page of metrics from left to right.
struct ExpositionCursor {
    private var rest: Substring.UnicodeScalarView

    init(_ line: String) {
        rest = line[...].unicodeScalars
    }

    mutating func take(_ literal: String) -> Bool {
        guard rest.starts(with: literal.unicodeScalars) else { return false }
        rest = rest.dropFirst(literal.unicodeScalars.count)
        return true
    }

    mutating func takeRest() -> String {
        defer { rest = rest.suffix(0) }
        return String(rest)
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`; a metric's name might have colons too, ours have none.
    mutating func takeName() -> String? {
        let name = rest.prefix { $0.isASCII && ($0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0)) }
        guard let first = name.first, !("0"..."9").contains(first) else { return nil }
        rest = rest[name.endIndex...]
        return String(name)
    }

    /// `name value` or `name{label="value",…} value`, up to the line's end.
    mutating func takeSample() -> Exposition.Sample? {
        guard let name = takeName() else { return nil }
        var labels: [String: String] = [:]
        if take("{") {
            repeat {
                guard let label = takeName(), take("=\""), let value = takeQuoted(), labels[label] == nil else {
                    return nil
                }
                labels[label] = value
            } while take(",")
            guard take("}") else { return nil }
        }
        guard take(" "), let value = takeNumber() else { return nil }
        return Exposition.Sample(name: name, labels: labels, value: value)
    }

    /// Up to the closing quote; undoes the three escapes that there are, and knows no other.
    private mutating func takeQuoted() -> String? {
        var value = ""
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return value
            case "\\":
                guard let escaped = rest.popFirst(), let meant = ["\\": "\\", "\"": "\"", "n": "\n"][String(escaped)]
                else { return nil }
                value += meant
            default: value.unicodeScalars.append(scalar)
            }
        }
        return nil
    }

    private mutating func takeNumber() -> Double? {
        let text = takeRest()
        guard text.unicodeScalars.allSatisfy({ "0123456789.e+-".unicodeScalars.contains($0) }) else { return nil }
        return Double(text)
    }
}
