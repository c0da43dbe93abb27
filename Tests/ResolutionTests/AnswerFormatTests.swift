import Bytes
import Resolution
import Testing
import Tokens

struct AnswerFormatTests {
    private static let comma = AnswerFormat(amrSeparator: UInt8(ascii: ","))

    private static func identity(
        user: String = "e307", roles: [String]? = nil, amr: [String]? = nil, authenticatedAt: Timestamp? = nil
    ) -> Identity {
        Identity(
            userID: Array(user.utf8),
            claims: IdentityClaims(
                roles: roles?.map { Array($0.utf8) }, authenticationMethods: amr?.map { Array($0.utf8) }),
            authenticatedAt: authenticatedAt)
    }

    private static func lines(_ identity: Identity, _ format: AnswerFormat = comma) throws -> [String] {
        let head = try format.answer(for: identity).head
        return String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    @Test func `everything that is stated has its header, in the contract's order`() throws {
        var identity = Self.identity(
            roles: ["a", "b"], amr: ["pwd", "mfa"], authenticatedAt: Timestamp(microseconds: 1_795_237_201_999_999))
        identity.claims.isAnonymous = false
        identity.claims.isVerified = true
        identity.claims.canReauthenticate = false
        #expect(
            try Self.lines(identity) == [
                "HTTP/1.1 200 OK", "Content-Length: 0",
                "x-authgear-session-valid: true",
                "x-authgear-user-id: e307",
                "x-authgear-user-anonymous: false",
                "x-authgear-user-verified: true",
                "x-authgear-user-can-reauthenticate: false",
                "x-authgear-user-roles: a,b",
                "x-authgear-session-amr: pwd,mfa",
                "x-authgear-session-authenticated-at: 1795237201",
            ])
    }

    @Test func `what nobody stated is left out, empty lists too`() throws {
        let expected = [
            "HTTP/1.1 200 OK", "Content-Length: 0", "x-authgear-session-valid: true", "x-authgear-user-id: e307",
        ]
        #expect(try Self.lines(Self.identity()) == expected)
        #expect(try Self.lines(Self.identity(roles: [], amr: [])) == expected)
        #expect(try Self.lines(Self.identity(roles: [""], amr: ["", ""])) == expected)
    }

    @Test func `the configured character joins the authentication methods, a comma always the roles`() throws {
        let lines = try Self.lines(
            Self.identity(roles: ["a", "b"], amr: ["pwd", "mfa"]), AnswerFormat(amrSeparator: UInt8(ascii: " ")))
        #expect(lines.contains("x-authgear-user-roles: a,b"))
        #expect(lines.contains("x-authgear-session-amr: pwd mfa"))
    }

    @Test(arguments: [
        ("a\r\nx-authgear-user-roles: admin", HeaderRefusal.unprintable), ("a\nb", .unprintable), ("a\0", .unprintable),
        ("a\tb", .unprintable), ("\u{7F}", .unprintable), ("é", .unprintable), (" a", .unprintable),
        ("a ", .unprintable), (String(repeating: "a", count: AnswerFormat.maximumValueLength + 1), .tooLong),
    ])
    func `nothing breaks out of its header`(value: String, refusal: HeaderRefusal) {
        #expect(throws: refusal) { try Self.comma.answer(for: Self.identity(user: value)) }
        #expect(throws: refusal) { try Self.comma.answer(for: Self.identity(roles: ["b", value])) }
        #expect(throws: refusal) { try Self.comma.answer(for: Self.identity(amr: [value])) }
    }

    @Test func `an item that holds its list's separator is refused`() {
        #expect(throws: HeaderRefusal.holdsSeparator) {
            try Self.comma.answer(for: Self.identity(roles: ["a,admin"]))
        }
        #expect(throws: HeaderRefusal.holdsSeparator) {
            try AnswerFormat(amrSeparator: UInt8(ascii: " ")).answer(for: Self.identity(amr: ["a b"]))
        }
    }

    @Test func `a list whose items are short may be too long as a whole`() {
        let roles = [String](repeating: "role", count: AnswerFormat.maximumValueLength / 5 + 1)
        #expect(throws: HeaderRefusal.tooLong) { try Self.comma.answer(for: Self.identity(roles: roles)) }
    }

    @Test(arguments: UInt8.min ... .max)
    func `of all bytes only printable ones get into a header`(byte: UInt8) {
        let identity = Identity(
            userID: [0x61, byte, 0x61], claims: IdentityClaims(), authenticatedAt: nil)
        let answer = try? Self.comma.answer(for: identity)
        #expect((answer != nil) == (0x20...0x7E).contains(byte))
    }
}
