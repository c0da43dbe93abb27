import Authentication
import Bytes
import JOSE
import Testing

struct AuthgearQuestionTests {
    private func question(
        _ credential: AuthgearQuestion.Presented, _ text: String = "", agent: String = "x"
    ) -> AuthgearQuestion {
        AuthgearQuestion(
            about: credential, digest: SHA256Digest(of: Array(text.utf8).span.bytes), userAgent: Array(agent.utf8),
            wasValid: agent == "x")
    }

    @Test func `kind, cookie name and digest say which credential it is, and nothing else`() {
        let session = AuthgearQuestion.Presented.cookie(name: Array("session".utf8), value: [97])
        let app = AuthgearQuestion.Presented.cookie(name: Array("app_session".utf8), value: [97])
        let bearer = AuthgearQuestion.Presented.authorization(Array("Bearer a".utf8))
        #expect(Set([question(session, "a"), question(session, "a", agent: "y")]).count == 1)
        let all = [
            question(session, "a"), question(app, "a"), question(bearer, "a"), question(session, "b"),
            question(bearer, "b"),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test(arguments: [
        ("Bearer abc.DEF-_", true), ("Bearer a b", true), ("", false), (" Bearer a", false), ("Bearer ", false),
        ("Bearer a\r\nCookie: session=x", false), ("Bearer a\n", false), ("Bearer \u{E9}", false),
        ("Bearer a\0", false), ("Bearer a\tb", false),
    ])
    func `an Authorization field is asked about that a request can carry as it is`(value: String, isAskable: Bool) {
        #expect(question(.authorization(Array(value.utf8))).isAskable == isAskable)
    }

    @Test(arguments: [
        ("session", "a8c1.secret", true), ("p_session", "a=b, c", true), ("session", " a", true),
        ("session", "", false), ("session", "a; session=b", false), ("session", "\"a\"", false),
        ("session", "a\\b", false), ("session", "a\r\nX: y", false), ("session", "a ", false),
        ("session", "\u{E9}", false), ("ses sion", "a", false), ("", "a", false), ("a=b", "c", false),
    ])
    func `a cookie is asked about that a request can carry as it is`(name: String, value: String, isAskable: Bool) {
        #expect(question(.cookie(name: Array(name.utf8), value: Array(value.utf8))).isAskable == isAskable)
    }

    @Test func `nothing that describes a question holds its credential`() {
        let cookie = AuthgearQuestion.Presented.cookie(name: Array("session".utf8), value: Array("hunter2".utf8))
        let bearer = AuthgearQuestion.Presented.authorization(Array("Bearer hunter2".utf8))
        let asked = question(cookie, agent: "Mozilla")
        var dumped = ""
        dump(asked, to: &dumped)
        dump(bearer, to: &dumped)
        for text in [dumped, "\(asked) \(bearer)", String(reflecting: asked), String(reflecting: bearer)] {
            // 104 is the first byte of the word.
            #expect(!text.contains("hunter2") && !text.contains("104") && !text.contains("Mozilla"), "\(text)")
        }
        #expect("\(asked)" == "question about a cookie named session")
    }
}
