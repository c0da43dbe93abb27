import Authentication
import Bytes
import Fixtures
import HTTP1
import Testing

/// An answer's fields, in order.
private typealias Fields = KeyValuePairs<String, String>

struct AuthgearAnswerTests {
    private static let valid: Fields = [
        "X-Authgear-Session-Valid": "true", "X-Authgear-User-Id": "e307", "X-Authgear-User-Anonymous": "false",
        "X-Authgear-User-Verified": "true", "X-Authgear-Session-Amr": "", "X-Authgear-User-Can-Reauthenticate": "true",
        "X-Authgear-User-Roles": "stock_view,stock_edit", "X-Authgear-Session-Authenticated-At": "1795237200",
    ]

    private func answer(_ status: Int, _ fields: Fields, hasBody: Bool = false) -> AuthgearAnswer {
        AuthgearAnswer(status: status, fields: fields.map { (name: $0, value: $1) }, hasBody: hasBody)
    }

    /// The lines of ours that state the same; or `invalid` or `silent`, or what is wrong.
    private func words(_ answer: AuthgearAnswer) -> [String] {
        switch answer.reply {
        case .valid(let identity): Self.lines(identity)
        case .invalid: ["invalid"]
        case .silent: ["silent"]
        case .unknown(let failure): ["\(failure)", answer.fault.map { "\($0)" } ?? "without a reason"]
        }
    }

    private static func lines(_ identity: Identity) -> [String] {
        let format = AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10)
        guard let head = try? format.unjudgedAnswer(for: identity, by: HTTP1Renderer()).bytes else {
            return ["no answer"]
        }
        return String(decoding: head, as: UTF8.self).split(separator: "\r\n").dropFirst(2).map(String.init)
    }

    @Test func `a valid answer's eight headers become ours`() {
        #expect(
            words(answer(200, Self.valid)) == [
                "x-authgear-session-valid: true", "x-authgear-user-id: e307", "x-authgear-user-anonymous: false",
                "x-authgear-user-verified: true", "x-authgear-user-can-reauthenticate: true",
                "x-authgear-user-roles: stock_view,stock_edit", "x-authgear-session-authenticated-at: 1795237200",
            ])
    }

    @Test func `nothing but the eight headers is taken`() {
        let fields: Fields = [
            "x-authgear-session-valid": "true", "x-authgear-user-id": "e307", "set-cookie": "session=; Path=/",
            "x-authgear-user-email": "a@b", "location": "/", "x-authgear-resolver-error": "x", "x-authgear": "y",
            "set-cookie": "b=c",
        ]
        #expect(words(answer(200, fields)) == ["x-authgear-session-valid: true", "x-authgear-user-id: e307"])
    }

    @Test(
        arguments: [
            ("x-authgear-session-amr", "pwd,mfa", "x-authgear-session-amr: pwd,mfa"),
            ("x-authgear-session-amr", "pwd mfa", "x-authgear-session-amr: pwd,mfa"),
            ("x-authgear-session-amr", "pwd, mfa", "x-authgear-session-amr: pwd,mfa"),
            ("X-AUTHGEAR-USER-ROLES", "\t a,b \t", "x-authgear-user-roles: a,b"),
            ("x-authgear-user-roles", "a,,b,", "x-authgear-user-roles: a,b"),
            ("x-authgear-user-roles", "a b", "x-authgear-user-roles: a b"),
            ("x-authgear-session-authenticated-at", "0", "x-authgear-session-authenticated-at: 0"),
            (
                "x-authgear-session-authenticated-at", "253402300799",
                "x-authgear-session-authenticated-at: 253402300799"
            ),
            ("x-authgear-user-anonymous", "", nil), ("x-authgear-user-roles", " \t", nil),
            ("x-authgear-user-roles", ",", nil), ("x-authgear-session-authenticated-at", "", nil),
            ("x-authgear-session-amr", "", nil),
        ] as [(String, String, String?)])
    func `a value is taken as it means`(name: String, value: String, line: String?) {
        let fields: Fields = ["x-authgear-session-valid": "true", "x-authgear-user-id": "e307", name: value]
        let others = ["x-authgear-session-valid: true", "x-authgear-user-id: e307"]
        #expect(words(answer(200, fields)) == others + [line].compactMap { $0 })
    }

    @Test(arguments: [
        ("x-authgear-session-valid", "TRUE"), ("x-authgear-session-valid", "1"),
        ("x-authgear-session-valid", "true,true"),
        ("x-authgear-session-valid", "true false"), ("x-authgear-user-id", "a\u{E9}"),
        ("x-authgear-user-id", "a\u{7F}"),
        ("x-authgear-user-id", "a\r\nx-evil: b"), ("x-authgear-user-id", "a\tb"), ("x-authgear-user-id", "\u{FFFD}"),
        ("x-authgear-user-anonymous", "yes"), ("x-authgear-user-verified", "True"),
        ("x-authgear-user-can-reauthenticate", "null"), ("x-authgear-user-roles", "a, b"),
        ("x-authgear-user-roles", "a\0"), ("x-authgear-user-roles", "a ,b"), ("x-authgear-session-amr", "p\u{1}"),
        ("x-authgear-session-authenticated-at", "-1"), ("x-authgear-session-authenticated-at", "1.5"),
        ("x-authgear-session-authenticated-at", "01"), ("x-authgear-session-authenticated-at", "+1"),
        ("x-authgear-session-authenticated-at", "253402300800"),
        ("x-authgear-session-authenticated-at", "99999999999999999999"),
        ("x-authgear-session-authenticated-at", "2026-11-27T00:00:00Z"),
    ])
    func `a header that can't be makes the whole answer refused, and is not repeated in words`(
        name: String, value: String
    ) {
        for isValid in ["true", "false"] {
            var fields = ["x-authgear-session-valid": isValid, "x-authgear-user-id": "e307"]
            fields[name] = value
            let answer = AuthgearAnswer(status: 200, fields: fields.map { (name: $0, value: $1) }, hasBody: false)
            #expect(words(answer) == ["refused", "the header \(name) comes twice or has a value that it can't have"])
        }
    }

    @Test(arguments: 0..<8)
    func `a header that comes twice makes the whole answer refused`(index: Int) {
        let twice = Self.valid.map { (name: $0, value: $1) }
        for value in [twice[index].value, "", "false"] {
            let more = twice + [(name: twice[index].name.lowercased(), value: value)]
            let answer = AuthgearAnswer(status: 200, fields: more, hasBody: false)
            #expect(words(answer)[0] == "refused")
        }
    }

    @Test(arguments: ["", " "])
    func `valid without a user is refused`(userID: String) {
        #expect(words(answer(200, ["x-authgear-session-valid": "true"]))[0] == "refused")
        let fields: Fields = ["x-authgear-session-valid": "true", "x-authgear-user-id": userID]
        #expect(words(answer(200, fields)) == ["refused", "a valid session without x-authgear-user-id"])
    }

    @Test(arguments: [true, false])
    func `false is invalid, with a body or without`(hasBody: Bool) {
        #expect(words(answer(200, ["X-Authgear-Session-Valid": "false"], hasBody: hasBody)) == ["invalid"])
        let fields: Fields = ["x-authgear-session-valid": "false", "set-cookie": "session=; Path=/"]
        #expect(words(answer(200, fields, hasBody: hasBody)) == ["invalid"])
    }

    @Test(arguments: [[:], ["x-authgear-session-valid": ""], ["x-content-type-options": "nosniff"]])
    func `nothing about a session is silence without a body, and a page with one`(fields: [String: String]) {
        let fields = fields.map { (name: $0, value: $1) }
        #expect(words(AuthgearAnswer(status: 200, fields: fields, hasBody: false)) == ["silent"])
        let page = AuthgearAnswer(status: 200, fields: fields, hasBody: true)
        #expect(words(page) == ["refused", "a page instead of the resolver's answer, which has no body"])
    }

    @Test(arguments: [
        (429, "overloaded"), (503, "overloaded"), (404, "refused"), (400, "refused"), (401, "refused"),
        (403, "refused"), (500, "refused"), (502, "refused"), (504, "refused"), (301, "refused"), (302, "refused"),
        (304, "refused"), (204, "refused"), (201, "refused"), (206, "refused"), (0, "refused"), (999, "refused"),
    ])
    func `any other status than 200 says nothing about a session`(status: Int, failure: String) {
        let answer = answer(status, Self.valid)
        #expect(words(answer)[0] == failure)
        #expect(words(answer)[1].contains("status \(status)"))
        #expect(words(self.answer(status, ["x-authgear-session-valid": "false"]))[0] == failure)
    }

    @Test func `without a credential nothing about a session is right, and all else is wrong`() {
        #expect(answer(200, [:]).faultWithoutCredential == nil)
        #expect(answer(200, [:], hasBody: true).faultWithoutCredential == .page)
        #expect(answer(200, Self.valid).faultWithoutCredential == .uncalledSession)
        #expect(answer(200, ["x-authgear-session-valid": "false"]).faultWithoutCredential == .uncalledSession)
        #expect(answer(404, [:]).faultWithoutCredential == .status(404))
    }

    @Test(
        arguments: [
            (503, "5", 5), (429, " 7 ", 7), (429, "0", 0), (503, "30", 30), (503, "31", 30),
            (503, "99999999999999999999", 30), (503, "", nil), (503, "-1", nil), (503, "1.5", nil), (503, "5s", nil),
            (503, "Fri, 27 Nov 2026 14:00:00 GMT", nil), (500, "5", nil), (200, "5", nil),
        ] as [(Int, String, Int64?)])
    func `a pause is in whole seconds and bounded`(status: Int, value: String, seconds: Int64?) {
        #expect(answer(status, ["Retry-After": value]).pause == seconds.map { $0 * 1_000_000_000 })
    }

    /// Answers made of likely and unlikely parts: what is accepted can be stated, and states the same when it is read again.
    @Test func `what is valid can be stated, and is read as the same again`() throws {
        var random = SeededGenerator(seed: 7)
        let names = Self.valid.map { $0.key } + ["x-other", "X-AUTHGEAR-USER-ID", "retry-after"]
        let values = [
            "true", "false", "e307", "a,b", "a b", "", " ", "1795237200", "0", "a,,b", "\r\n", "x\u{0}", "é", "a, b",
            "1,2 3",
        ]
        var counts = (valid: 0, refused: 0, invalid: 0)
        for _ in 0..<10_000 {
            var fields: [(name: String, value: String)] = Self.valid.map { ($0, $1) }.shuffled(using: &random)
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let field = (names.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? "")
                if Bool.random(using: &random), let index = fields.indices.randomElement(using: &random) {
                    fields[index].value = field.1
                } else if Bool.random(using: &random) {
                    fields.append((name: field.0, value: field.1))
                } else {
                    fields.removeLast()
                }
            }
            let answer = AuthgearAnswer(status: 200, fields: fields, hasBody: Bool.random(using: &random))
            switch answer.reply {
            case .valid(let identity):
                counts.valid += 1
                let lines = Self.lines(identity)
                try #require(lines.first == "x-authgear-session-valid: true")
                let again = lines.map { line in
                    let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
                    return (name: parts[0], value: parts[1])
                }
                #expect(words(AuthgearAnswer(status: 200, fields: again, hasBody: false)) == lines)
                #expect(fields.contains { $0.name.lowercased() == "x-authgear-user-id" })
            case .invalid, .silent: counts.invalid += 1
            case .unknown(let failure):
                counts.refused += 1
                #expect(failure == .refused)
            }
        }
        #expect(counts.valid > 500 && counts.refused > 500 && counts.invalid > 50, "\(counts)")
    }
}
