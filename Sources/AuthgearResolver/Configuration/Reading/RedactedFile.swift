import Bytes
import Yams

/// What a configuration file says, as JSON, without its secrets and its comments. What a value takes from the environment or from a
/// file stands there as it is written: `${NAME}`.
struct RedactedFile {
    /// What stands for a secret.
    static let mask = "***"

    /// Where values stand that are read as secrets.
    private let secrets: Set<Place>
    private var writer = JSONWriter()

    /// - Parameter secrets: where the values stand that were read as such.
    static func json(of root: Node, hiding secrets: Set<Place>) -> [UInt8] {
        var file = RedactedFile(secrets: secrets)
        file.write(root, depth: 0)
        return file.writer.bytes
    }

    private init(secrets: Set<Place>) {
        self.secrets = secrets
    }

    private mutating func write(_ node: Node, depth: Int) {
        if let mapping = node.mapping {
            write(Array(mapping), in: ("{", "}"), depth: depth) { file, pair in
                file.writer.append(string: (pair.key.scalar?.string ?? "").utf8)
                file.writer.append(": ")
                file.write(pair.value, depth: depth + 1)
            }
        } else if let sequence = node.sequence {
            write(Array(sequence), in: ("[", "]"), depth: depth) { $0.write($1, depth: depth + 1) }
        } else if let scalar = node.scalar {
            write(scalar)
        }
    }

    private mutating func write<Item>(
        _ items: [Item], in brackets: (open: StaticString, close: StaticString), depth: Int,
        each: (inout RedactedFile, Item) -> Void
    ) {
        writer.append(brackets.open)
        for (number, item) in items.enumerated() {
            if number > 0 { writer.append(",") }
            breakLine(depth: depth + 1)
            each(&self, item)
        }
        if !items.isEmpty { breakLine(depth: depth) }
        writer.append(brackets.close)
    }

    private mutating func breakLine(depth: Int) {
        writer.append("\n")
        for _ in 0..<depth { writer.append("  ") }
    }

    private mutating func write(_ scalar: Node.Scalar) {
        let text = scalar.string
        let isSecret = secrets.contains(Place(scalar.mark))
        guard scalar.style == .plain, !isSecret else {
            return writer.append(string: Self.redacted(text, isSecret: isSecret).utf8)
        }
        switch text {
        case "true": writer.append("true")
        case "false": writer.append("false")
        default:
            if let number = Int64(text), String(number) == text {
                writer.append(number)
            } else {
                writer.append(string: Self.redacted(text, isSecret: false).utf8)
            }
        }
    }

    /// A text without what may be a secret. A reference says where a secret is, and is none. Of a URL, user and password go, and so does
    /// the query, in which some keep a token.
    static func redacted(_ text: String, isSecret: Bool) -> String {
        if isReference(text) { return text }
        guard !isSecret, !text.contains("agr_") else { return mask }
        guard let scheme = text.firstRange(of: "://") else { return text }
        var rest = text[scheme.upperBound...]
        var shown = String(text[..<scheme.upperBound])
        // Up to the last one, whatever is written before it: a password that should have been escaped is one all the same.
        if let at = rest.lastIndex(of: "@") {
            shown += mask
            rest = rest[at...]
        }
        guard let mark = rest.firstIndex(of: "?") else { return shown + rest }
        return shown + rest[...mark] + mask
    }

    /// Whether it is `${NAME}` or `${file:/path}`, and nothing else: one with a default may have a secret in that.
    private static func isReference(_ text: String) -> Bool {
        text.hasPrefix("${") && text.firstIndex(of: "}") == text.indices.last && !text.contains(":-")
    }
}
