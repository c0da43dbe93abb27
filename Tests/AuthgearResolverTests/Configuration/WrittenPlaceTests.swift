import AuthgearResolver
import Fixtures
import JOSE
import Testing

/// Where claims stand, written with any names: each is read as it is written, and no byte of a name has a meaning.
@Suite struct WrittenPlaceTests {
    /// What other programs take for steps, indexes, roots, wildcards or the end of a text. (A byte order mark at the beginning of a
    /// text is none of it to Yams.)
    private static let pieces = [
        ".", ":", "/", "~1", "~0", "#", "$", "$.", "*", "[0]", "['a']", "..", "\\", "\"", "'", "{", "}", ",", " ", "- ",
        "|",
        "%2E", "%", "&", "!", "@", "`", "?", "\n", "\t", "\u{0}", "\u{7F}", "\u{85}", "\u{2028}", "x\u{FEFF}", "é",
        "e\u{301}",
        "😀",
        "a", "roles", "realm_access", "https://x.example/roles", "cognito:groups", "null", "true", "1", "0x1", "<<",
        "=",
    ]

    private static func name(_ random: inout SeededGenerator) -> String {
        let count = Int.random(in: 0...6, using: &random)
        return (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    private static func path(_ random: inout SeededGenerator) -> [String] {
        (0..<Int.random(in: 1...ClaimPlace.maximumSteps, using: &random)).map { _ in name(&random) }
    }

    /// A place for a list, and how it is written.
    private static func place(depth: Int, _ random: inout SeededGenerator) -> (place: ClaimPlace, text: String) {
        let path = path(&random)
        let steps = "[\(path.map(quoted).joined(separator: ", "))]"
        let claim = path.count == 1 && Bool.random(using: &random) ? quoted(path[0]) : steps
        let member = name(&random)
        let readings: [(ClaimPlace.Reading, String)] = [
            (.whole, ""), (.split(UInt8(ascii: " ")), ", split: space"), (.split(UInt8(ascii: ",")), ", split: comma"),
            (.names, ", keys: true"), (.each(Array(member.utf8)), ", each: \(quoted(member))"),
        ]
        let (reading, words) = readings.randomElement(using: &random) ?? readings[0]
        let other = depth > 0 ? place(depth: depth - 1, &random) : nil
        let isPlain = reading == .whole && other == nil && Bool.random(using: &random)
        return (
            ClaimPlace(path.map { Array($0.utf8) }, reading: reading, or: other?.place),
            isPlain ? claim : "{ claim: \(claim)\(words)\(other.map { ", or: \($0.text)" } ?? "") }"
        )
    }

    /// As JSON has it, which YAML takes; what would be a variable is doubled.
    private static func quoted(_ name: String) -> String {
        let escaped = name.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case " "..."~", "é", "😀": "\(scalar)"
            default:
                "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
                    + String(scalar.value, radix: 16)
            }
        }
        return "\"\(escaped.joined().replacing("${", with: "$${"))\""
    }

    @Test func `a place is read as it is written, whatever its names`() throws {
        var random = SeededGenerator(seed: 12)
        for round in 0..<300 {
            let written = (0..<4).map { _ in Self.place(depth: round % 4, &random) }
            let fields = zip(["roles", "amr", "scopes", "acr"], written).map { "\($0): \($1.text)" }
            let text = """
                issuers: [{ issuer: "https://id.example", audiences: [a], claims: { \(fields.joined(separator: ", ")) } }]
                """
            let places = try configuration(text).issuers[0].claims.places
            let read = [places.roles, places.authenticationMethods, places.scopes, places.contexts]
            for (read, (place, text)) in zip(read, written) { #expect(read == place, "\(text)") }
        }
    }

    @Test(arguments: ["realm_access.roles", "cognito:groups", "/a/b", "$.a", "a[0]", "https://x.example/roles", "a~1b"])
    func `a name without quotes is whole`(name: String) throws {
        let text = "issuers: [{ issuer: \"https://id.example\", audiences: [a], claims: { roles: \(name) } }]"
        let block = "issuers:\n  - issuer: https://id.example\n    audiences: [a]\n    claims:\n      roles: \(name)\n"
        for text in name.contains("[") ? [block] : [text, block] {
            #expect(try configuration(text).issuers[0].claims.places.roles == ClaimPlace(name))
        }
    }
}
