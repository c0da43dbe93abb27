import AuthgearResolver
import HTTP1
import Testing

/// `tokens.static`: where API tokens are listed.
@Suite struct APITokenConfigurationTests {
    @Test func `a file and a header are read, and a relative path starts at the file's folder`() throws {
        let read = try configuration(
            soundIssuer + "tokens: { static: { file: tokens.yaml, header: x-api-key } }", path: "/etc/r/resolver.yaml")
        #expect(read.tokens.own == Configuration.APITokens(file: "/etc/r/tokens.yaml", header: "x-api-key"))
        let plain = try configuration(soundIssuer + "tokens: { static: { file: /run/t } }")
        #expect(plain.tokens.own == Configuration.APITokens(file: "/run/t"))
        #expect(try configuration(soundIssuer).tokens.own == nil)
    }

    @Test func `nothing else is needed`() throws {
        #expect(try configuration("tokens: { static: { file: t } }").tokens.own != nil)
        #expect(try configuration("tokens: { static: { file: t } }\nsessions: { store: none }").tokens.own != nil)
        #expect(report("tokens: { cache: {} }").contains("there is nothing to check credentials with"))
    }

    @Test(arguments: [
        ("static: {}", "6:19: tokens.static.file: missing"),
        (
            "static: { file: t, heder: a }",
            "tokens.static.heder: unknown key, did you mean header?; allowed: file, header"
        ),
        ("static: { file: '' }", "tokens.static.file: \"\" is empty"),
        (
            "static: { file: t, header: X-Api-Key }",
            "\"X-Api-Key\" is not a header's name in lower case; allowed: 1 to 63"
        ),
        ("static: { file: t, header: authorization }", "\"authorization\" is a header that the message needs"),
        ("static: { file: t, header: cookie }", "\"cookie\" is a header that the message needs"),
        ("static: { file: t, header: x-authgear-user-id }", "\"x-authgear-user-id\" is a header of ours"),
        ("static: { file: t, header: user-agent }", "\"user-agent\" is a header that is read for what it is"),
        ("static: { file: t, header: x-forwarded-for }", "is a header that is read for what it is"),
    ])
    func `what is wrong is said`(text: String, words: String) {
        #expect(report(soundIssuer + "tokens: { \(text) }").contains(words))
    }

    @Test func `the header has no issuer's header's name`() {
        let text = soundIssuer + "    headers: { x-api-key: email }\ntokens: { static: { file: t, header: x-api-key } }"
        #expect(report(text).contains("tokens.static.header: is the name of a header of an issuer's"))
    }
}
