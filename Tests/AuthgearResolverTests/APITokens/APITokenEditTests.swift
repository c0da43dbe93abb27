import Authentication
import AuthgearResolver
import Bytes
import Fixtures
import JOSE
import Testing

/// What `token new`, `token rotate` and `token revoke` make of a list's text.
@Suite struct APITokenEditTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static func digest(_ secret: String) -> SHA256Digest { SHA256Digest(of: Array(secret.utf8).span.bytes) }
    private static func secret(_ text: String, _ expiresAt: Timestamp? = nil) -> APIToken.Secret {
        APIToken.Secret(digest: digest(text), expiresAt: expiresAt)
    }
    private static func line(_ secret: String, _ expires: String = "none") -> String {
        "    - { sha256: \(secret.sha256), expires: \(expires) }\n"
    }

    private static func parse(_ text: String) throws -> [APIToken] {
        try APITokenFile.tokens(in: Array(text.utf8), path: "t").get()
    }

    private static let list = """
        # Ours.
        - id: first   # of all
          user_id: u1
          secrets:
            # The one in the vault.
            - { sha256: \("a".sha256), expires: 2030-01-01T00:00:00.25Z }
          roles:
            - admin   # all

        # The second.
        - id: second
          secrets:
          - { sha256: \("b".sha256), expires: none }
          user_id: 'u 2'
        # The end.

        """

    private static func token(_ id: String, roles: [String] = [], scopes: [String] = []) -> APIToken {
        var token = APIToken(id: id, userID: Array("u".utf8), secrets: [secret(id, now)])
        token.roles = roles.map { Array($0.utf8) }
        token.scopes = scopes.map { Array($0.utf8) }
        return token
    }

    @Test func `the first token makes a list`() throws {
        let text = try APITokenEdit(nil, path: "t").adding(Self.token("a", roles: ["r"], scopes: ["s:x"]))
        #expect(
            text.hasSuffix(
                """
                write this list.
                - id: a
                  user_id: u
                  roles: [r]
                  scopes: [s:x]
                  secrets:
                    - { sha256: \("a".sha256), expires: 2027-01-15T08:00:00Z }

                """), "\(text)")
        #expect(try Self.parse(text) == [Self.token("a", roles: ["r"], scopes: ["s:x"])])
    }

    @Test(arguments: ["[]", "[]\n", "# none\n[]\n# yet", "[ ]"])
    func `a token is added to a list without any`(empty: String) throws {
        let text = try APITokenEdit(empty, path: "t").adding(Self.token("a"))
        #expect(try Self.parse(text) == [Self.token("a")])
        #expect(text.contains("# none") == empty.contains("# none"))
    }

    @Test func `a token is added behind the others, and nothing else changes`() throws {
        let text = try APITokenEdit(Self.list, path: "t").adding(Self.token("third"))
        #expect(text.hasPrefix(Self.list))
        #expect(try Self.parse(text) == Self.parse(Self.list) + [Self.token("third")])
    }

    @Test func `what could be taken for something else is quoted`() throws {
        let words = [
            "null", "~", "a: b", "a #b", "#", "- a", "\"", "\\", "'", "{", "[", "&a", "*a", "!a", "%", "@", "`", "a:",
            "1.0", "true", "2027-01-01", "?", "|", ">", "x{y}", "a b",
        ]
        var token = Self.token("x", roles: words.filter { !$0.contains(",") })
        token.userID = Array("~".utf8)
        (token.isVerified, token.isAnonymous) = (true, false)
        for text in [nil, Self.list] {
            #expect(try Self.parse(try APITokenEdit(text, path: "t").adding(token)).last == token)
        }
    }

    @Test func `a token is taken out with its lines, and no others`() throws {
        let first = try APITokenEdit(Self.list, path: "t").removing("first")
        #expect(
            first == """
                # Ours.

                # The second.
                - id: second
                  secrets:
                  - { sha256: \("b".sha256), expires: none }
                  user_id: 'u 2'
                # The end.

                """)
        let second = try APITokenEdit(Self.list, path: "t").removing("second")
        #expect(second.hasSuffix("    - admin   # all\n\n# The second.\n# The end.\n"))
        #expect(try Self.parse(second) == [Self.parse(Self.list)[0]])
        let none = try APITokenEdit(first, path: "t").removing("second")
        #expect(try Self.parse(none) == [])
        #expect(none == "# Ours.\n\n# The second.\n[]\n# The end.\n")
    }

    @Test func `a second secret comes behind the first, which ends after the overlap`() throws {
        let end = Self.now + .seconds(86_400)
        let next = Self.secret("next", Self.now + .seconds(90 * 86_400))
        let text = try APITokenEdit(Self.list, path: "t").rotating("first", to: next, ending: end, now: Self.now)
        #expect(
            text
                == Self.list.replacing(
                    "    # The one in the vault.\n    - { sha256: \("a".sha256), expires: 2030-01-01T00:00:00.25Z }\n",
                    with: Self.line("a", "2027-01-16T08:00:00Z") + Self.line("next", "2027-04-15T08:00:00Z")))
        let second = try APITokenEdit(text, path: "t").rotating(
            "second", to: Self.secret("n"), ending: end, now: Self.now)
        #expect(
            second
                == text.replacing(
                    "  - { sha256: \("b".sha256), expires: none }\n",
                    with: Self.line("b", "2027-01-16T08:00:00Z") + Self.line("n")))
    }

    @Test func `a secret that ends before the overlap does is left at that, and one that has ended goes`() throws {
        let first = try Self.parse(Self.list)[0].secrets[0].expiresAt
        let far = Timestamp(seconds: 2_000_000_000)
        var text = try APITokenEdit(Self.list, path: "t").rotating(
            "first", to: Self.secret("n"), ending: far, now: Self.now)
        #expect(try Self.parse(text)[0].secrets == [Self.secret("a", first), Self.secret("n")])
        text = try APITokenEdit(text, path: "t").rotating(
            "first", to: Self.secret("m"), ending: far, now: try #require(first))
        #expect(try Self.parse(text)[0].secrets == [Self.secret("n", far), Self.secret("m")])
        text = try APITokenEdit(text, path: "t").rotating("first", to: Self.secret("o"), ending: far, now: far)
        #expect(try Self.parse(text)[0].secrets == [Self.secret("o")])
    }

    @Test func `two secrets that work are no more than that, unless both end`() throws {
        let text = try APITokenEdit(Self.list, path: "t").rotating(
            "first", to: Self.secret("n"), ending: Self.now + .seconds(60), now: Self.now)
        let edit = try APITokenEdit(text, path: "t")
        #expect(throws: APITokenEditError.self) { () throws in
            try edit.rotating("first", to: Self.secret("m"), ending: Self.now + .seconds(60), now: Self.now)
        }
        let ended = try edit.rotating("first", to: Self.secret("m"), ending: Self.now, now: Self.now)
        #expect(try Self.parse(ended)[0].secrets == [Self.secret("m")])
    }

    @Test func `a list that is written in another way is written anew, with all that it says`() throws {
        let text = """
            [{ id: a, user_id: u, secrets: [{ sha256: \("a".sha256), expires: 2030-01-01T00:00:00.123456Z }] },
             { id: b, user_id: v, verified: false, secrets: [{ sha256: \("b".sha256), expires: none }] }]
            """
        let before = try Self.parse(text)
        let edit = try APITokenEdit(text, path: "t")
        #expect(try Self.parse(try edit.adding(Self.token("c"))) == before + [Self.token("c")])
        #expect(try Self.parse(try edit.removing("a")) == [before[1]])
        let rotated = try edit.rotating("b", to: Self.secret("n"), ending: Self.now, now: Self.now)
        #expect(try Self.parse(rotated)[0] == before[0])
        #expect(try Self.parse(rotated)[1].secrets == [Self.secret("n")])
        // Over lines, but with keys that share one.
        let flow = "- { id: a, user_id: u, secrets: [{ sha256: \("a".sha256), expires: none }] }\n# end\n"
        let next = try APITokenEdit(flow, path: "t").rotating(
            "a", to: Self.secret("n"), ending: Self.now, now: Self.now)
        #expect(next.hasSuffix("  secrets:\n" + Self.line("n") + "# end\n"))
    }

    @Test func `with other ends of lines and at any indentation it is the same list`() throws {
        let texts = [
            Self.list.replacing("\n", with: "\r\n"), "\u{FEFF}" + Self.list, "---\n" + Self.list,
            Self.list.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(
                separator: "\n"),
            "-   secrets:\n    - sha256: \("a".sha256)\n      expires: none\n    id: first\n    user_id: u\n-\n  id: second\n"
                + "  user_id: v\n  secrets: [{ sha256: \("b".sha256), expires: none }]",
        ]
        for text in texts {
            let before = try Self.parse(text)
            for (place, id) in ["first", "second"].enumerated() {
                let edit = try APITokenEdit(text, path: "t")
                #expect(try Self.parse(try edit.removing(id)) == [before[1 - place]])
                let end = Self.now + .seconds(1)
                let rotated = try edit.rotating(id, to: Self.secret("n"), ending: end, now: Self.now)
                var expected = before
                expected[place].secrets[0].expiresAt = end
                expected[place].secrets.append(Self.secret("n"))
                #expect(try Self.parse(rotated) == expected)
            }
        }
    }

    @Test func `what can't be done is said`() throws {
        let edit = try APITokenEdit(Self.list, path: "t.yaml")
        func words(_ body: () throws(APITokenEditError) -> String) -> String {
            do throws(APITokenEditError) { return try body() } catch { return "\(error)" }
        }
        #expect(
            words { () throws(APITokenEditError) in try edit.removing("secnd") }
                == "t.yaml: there is no token \"secnd\", did you mean second?")
        #expect(
            words { () throws(APITokenEditError) in try edit.adding(Self.token("first")) }
                == "t.yaml: there is a token first already")
        #expect(throws: ConfigurationError.self) { () throws in _ = try APITokenEdit("- id: a", path: "t") }
        #expect(throws: ConfigurationError.self) { () throws in _ = try APITokenEdit("", path: "t") }
    }

    @Test func `a secret is agr_ and 43 characters of base64url, and another each time`() {
        let secrets = (0..<50).map { _ in APITokenSecret() }
        #expect(Set(secrets.map(\.text)).count == 50)
        for secret in secrets {
            #expect(secret.text.wholeMatch(of: /agr_[A-Za-z0-9_-]{43}/) != nil)
            #expect(secret.digest.hex == secret.text.sha256)
        }
    }
}
