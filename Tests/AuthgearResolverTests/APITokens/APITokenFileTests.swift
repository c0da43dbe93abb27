import Authentication
import AuthgearResolver
import Bytes
import Fixtures
import Foundation
import JOSE
import Testing

/// The file that lists API tokens, and what is said when something is wrong with it.
@Suite struct APITokenFileTests {
    private static let digest = "first".sha256
    private static let other = "second".sha256

    private static func tokens(_ text: String) throws -> [APIToken] {
        try APITokenFile.tokens(in: Array(text.utf8), path: "tokens.yaml").get()
    }

    private static func report(_ text: String) -> String {
        do {
            return "\(try tokens(text).count) tokens"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a list is read whole`() throws {
        let text = """
            # Scripts.
            - id: ci-deploy
              user_id: e307
              roles: [stock.view, admin]
              scopes: [stock:read]
              verified: true
              anonymous: false
              secrets:
                - { sha256: \(Self.digest), expires: 2027-03-01T00:00:00Z }
                - { sha256: \(Self.other.uppercased()), expires: 2027-06-01T02:00:00+02:00 }

            - { id: "b", user_id: 'a user', secrets: [{ sha256: "\("third".sha256)", expires: none }] }
            """
        let tokens = try Self.tokens(text)
        #expect(tokens.map(\.id) == ["ci-deploy", "b"])
        #expect(tokens[0].userID == Array("e307".utf8))
        #expect(tokens[0].roles == [Array("stock.view".utf8), Array("admin".utf8)])
        #expect(tokens[0].scopes == [Array("stock:read".utf8)])
        #expect(tokens[0].isVerified == true && tokens[0].isAnonymous == false)
        #expect(tokens[0].secrets.map(\.digest.hex) == [Self.digest, Self.other])
        #expect(
            tokens[0].secrets.map(\.expiresAt) == [
                Timestamp(seconds: 1_803_859_200), Timestamp(seconds: 1_811_808_000),
            ])
        #expect(tokens[1].userID == Array("a user".utf8) && tokens[1].roles == [] && tokens[1].scopes == [])
        #expect(tokens[1].isVerified == nil && tokens[1].secrets.map(\.expiresAt) == [nil])
    }

    @Test(arguments: ["[]", "[ ]\n", "---\n[]\n", "# none\n[]"])
    func `an empty list is a list`(text: String) {
        #expect(Self.report(text) == "0 tokens")
    }

    /// What a file has that is almost right, and how the one line that it earns begins.
    @Test(arguments: [
        ("", "1:1: is not a list; allowed: a list of tokens, [] when there are none"),
        ("# nothing\n", "1:1: is not a list"),
        ("{}", "1:1: is not a list"),
        ("tokens: []", "1:1: is not a list"),
        ("- a", "1:3: [0]: is not a mapping; allowed: key: value pairs"),
        ("[[]]", "1:2: [0]: is not a mapping"),
        ("- &a {}", "1:3: [0]: has a YAML anchor"),
        ("[]\n---\n[]", "2:1: is not YAML"),
        ("- id: [", "2:1: is not YAML"),
        ("- id: \u{0}", "1:1: is not YAML"),
    ])
    func `what is no list of mappings is refused`(text: String, line: String) {
        let report = Self.report(text)
        #expect(report.hasPrefix("tokens.yaml:\(line.prefix { $0 != " " })"), "\(report)")
        #expect(report.contains(String(line.drop { $0 != " " })), "\(report)")
    }

    /// What stands in place of one line of a right token, by the number of the line, and what is said of it.
    @Test(arguments: [
        (1, "- ID: a", "1:3: [0].ID: unknown key, did you mean id?; allowed: id, user_id, roles, scopes, verified"),
        (1, "- id: ''", "1:7: [0].id: \"\" is empty; allowed: 1 to 128 visible ASCII characters"),
        (1, "- id: a b", "1:7: [0].id: \"a b\" has a character that is not visible ASCII"),
        (1, "- id:", "1:6: [0].id: has no value"),
        (1, "- id: ~", "1:7: [0].id: has no value"),
        (1, "- id: !!int a", "1:7: [0].id: has a YAML tag"),
        (1, "- id: a\n  id: a", "1:3: id: is given more than once"),
        (2, "  user: b", "2:3: [0].user: unknown key, did you mean user_id?"),
        (2, "  user_id: [b]", "2:12: [0].user_id: is a list"),
        (2, "  user_id: ü", "2:12: [0].user_id: \"ü\" has a character that can't stand in its header"),
        (2, "  user_id: ' b'", "2:12: [0].user_id: \" b\" has a space at an end"),
        (3, "  roles: stock", "3:10: [0].roles: is not a list; allowed: a list of 0 to 1000"),
        (3, "  roles: ['a,b']", "3:11: [0].roles[0]: \"a,b\" has a character that can't stand in its header"),
        (3, "  roles: [a, a]", "3:14: [0].roles[1]: is listed twice"),
        (3, "  scopes: ['a b']", "3:12: [0].scopes[0]: \"a b\" has a character that no scope has"),
        (3, "  verified: yes", "3:13: [0].verified: \"yes\" is neither true nor false"),
        (3, "  amr: [pwd]", "3:3: [0].amr: unknown key"),
        (4, "  secrets: []", "4:12: [0].secrets: is empty; allowed: a list of 1 to 2 mappings"),
        (4, "  secret: []", "4:3: [0].secret: unknown key, did you mean secrets?"),
        (4, "  secrets: [{ expires: none }]", "4:13: [0].secrets[0].sha256: missing; allowed: the SHA-256 of"),
        (4, "  secrets: [{ sha256: D }]", "4:13: [0].secrets[0].expires: missing; allowed: a time such as"),
        (4, "  secrets: [{ sha256: D, expires: }]", "[0].secrets[0].expires: has no value"),
        (4, "  secrets: [{ sha256: D, expires: never }]", "[0].secrets[0].expires: \"never\" is not a time"),
        (4, "  secrets: [{ sha256: D, expires: 2027-03-01 }]", "expires: \"2027-03-01\" is not a time"),
        (4, "  secrets: [{ sha256: D, expires: 2027-02-30T00:00:00Z }]", "is not a time"),
        (4, "  secrets: [{ sha256: 4b22, expires: none }]", "[0].secrets[0].sha256: the value is not a digest"),
        (4, "  secrets: [{ sha256: D0, expires: none }]", "[0].secrets[0].sha256: the value is not a digest"),
        (4, "  secrets: [{ sha256: D, expires: none, id: a }]", "[0].secrets[0].id: unknown key"),
        (
            4, "  secrets: [{ sha256: D, expires: none }, { sha256: D, expires: none }]",
            "[0].secrets[1].sha256: is listed before; allowed: each digest once"
        ),
        (
            4, "  secrets: [{sha256: D, expires: none}, {sha256: E, expires: none}, {sha256: E, expires: none}]",
            "4:12: [0].secrets: is a list of 3; allowed: a list of 1 to 2 mappings"
        ),
        (
            4,
            "  secrets: [{ sha256: D, expires: none }]\n- { id: a, user_id: b, secrets: [{ sha256: E, expires: none }] }",
            "5:9: [1].id: is another token's too; allowed: each id once"
        ),
        (
            4,
            "  secrets: [{ sha256: D, expires: none }]\n- { id: b, user_id: b, secrets: [{ sha256: D, expires: none }] }",
            "[1].secrets[0].sha256: is listed before"
        ),
    ])
    func `each thing that is wrong has its place and its words`(number: Int, line: String, words: String) {
        var lines = ["- id: a", "  user_id: b", "  roles: []", "  secrets: [{ sha256: D, expires: none }]"]
        lines[number - 1] = line
        let text = lines.joined(separator: "\n").replacingOccurrences(of: ": D", with: ": \(Self.digest)")
            .replacingOccurrences(of: ": E", with: ": \(Self.other)")
        let report = Self.report(text)
        #expect(report.split(separator: "\n").contains { $0.contains(words) }, "\(report)")
        #expect(!report.contains(Self.digest))
    }

    @Test func `everything that is wrong is said at once, and no secret with it`() {
        let secret = "agr_" + String(repeating: "s", count: 43)
        let report = Self.report(
            """
            - id: \(secret)
              user_id: \(secret)\u{e9}
              \(secret): a
              secrets: [{ sha256: \(secret), expires: \(secret) }]
            - { id: b }
            """)
        #expect(report.split(separator: "\n").count == 6, "\(report)")
        #expect(!report.contains("sss"), "\(report)")
    }

    @Test func `a long list is read in parts, and places count from its beginning`() {
        var lines = (0..<1_300).map { number in
            "- { id: t\(number), user_id: u, secrets: [{ sha256: \("\(number)".sha256), expires: none }] }"
        }
        #expect(Self.report(lines.joined(separator: "\n")) == "1300 tokens")
        lines[1_200] = lines[1_200].replacingOccurrences(of: "t1200", with: "t3")
        lines[1_250] += "\n  # \n- x"
        let report = Self.report(lines.joined(separator: "\n")).split(separator: "\n")
        #expect(
            report == [
                "tokens.yaml:1201:9: [1200].id: is another token's too; allowed: each id once",
                "tokens.yaml:1253:3: [1251]: is not a mapping; allowed: key: value pairs",
            ])
    }

    @Test func `there are at most 100,000`() {
        let text = String(repeating: "- a\n", count: 100_001)
        #expect(Self.report(text).split(separator: "\n").count == 100)
        let flow = "[" + String(repeating: "a,", count: 100_001) + "]"
        #expect(Self.report(flow).split(separator: "\n").count == 100)
    }

    @Test func `a file that is not there, or is none, says so`() throws {
        let folder = TemporaryDirectory()
        func report(_ path: String) -> String {
            if case .failure(let error) = APITokenFile(path: path).read().tokens { "\(error)" } else { "read" }
        }
        #expect(report("\(folder.path)/none").hasSuffix("/none:1:1: can't be read: no such file or directory"))
        #expect(report(folder.path).hasSuffix("is not a file"))
        try Data([0x2D, 0x20, 0xFF]).write(to: URL(filePath: "\(folder.path)/a"))
        #expect(report("\(folder.path)/a").hasSuffix("is not UTF-8 text"))
        try Data("[]".utf8).write(to: URL(filePath: "\(folder.path)/b"))
        #expect(report("\(folder.path)/b") == "read")
    }
}
