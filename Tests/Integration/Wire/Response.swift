/// An answer as it came over the wire.
struct Response: Sendable, CustomStringConvertible {
    var version: String
    var status: Int
    /// In order, names as sent.
    var fields: [(name: String, value: String)]
    var body: String

    /// The value of the one field of this name (lowercase); nil when there is none or more than one.
    subscript(name: String) -> String? {
        let values = fields.filter { $0.name.lowercased() == name }
        return values.count == 1 ? values[0].value : nil
    }

    /// Every `x-authgear-*` field as `name: value`, names in lowercase and without their prefix, sorted.
    var identity: [String] { Self.identity(fields) }

    var description: String {
        ([String(status)] + fields.map { "\($0.name): \($0.value)" }).joined(separator: "\n") + "\n\n" + body
    }

    /// `_` counts as `-` here, as it does for a WSGI or CGI backend; such a field keeps its spelling in what is returned.
    static func identity(_ fields: [(name: String, value: String)]) -> [String] {
        fields.compactMap { name, value in
            let name = name.lowercased()
            guard name.replacing("_", with: "-").hasPrefix("x-authgear-") else { return nil }
            return "\(name.dropFirst("x-authgear-".count)): \(value)"
        }.sorted()
    }

    /// The fields of a head without its first line.
    static func fields(_ lines: some Sequence<Substring>) throws -> [(name: String, value: String)] {
        try lines.map { line in
            guard let colon = line.firstIndex(of: ":") else { throw WireError.malformed(String(line)) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
    }
}
