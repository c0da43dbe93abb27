import Authentication
import Bytes
import HTTP1
import JOSE
import Testing

struct AnswerFormatTests {
    private static let comma = AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 8 << 10)

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
        let head = try format.unjudgedAnswer(for: identity, by: HTTP1Renderer()).bytes
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
            Self.identity(roles: ["a", "b"], amr: ["pwd", "mfa"]), Self.space)
        #expect(lines.contains("x-authgear-user-roles: a,b"))
        #expect(lines.contains("x-authgear-session-amr: pwd mfa"))
    }

    @Test(arguments: [
        ("a\r\nx-authgear-user-roles: admin", HeaderRefusal.unprintable), ("a\nb", .unprintable), ("a\0", .unprintable),
        ("a\tb", .unprintable), ("\u{7F}", .unprintable), ("é", .unprintable), (" a", .unprintable),
        ("a ", .unprintable), (String(repeating: "a", count: 40_000) + "\n", .unprintable),
    ])
    func `nothing breaks out of its header`(value: String, refusal: HeaderRefusal) {
        #expect(Self.fault(Self.identity(user: value)) == "\(refusal)")
        #expect(Self.fault(Self.identity(roles: ["b", value])) == "\(refusal)")
        #expect(Self.fault(Self.identity(amr: [value])) == "\(refusal)")
    }

    @Test func `an item that holds its list's separator is refused`() {
        #expect(Self.fault(Self.identity(roles: ["a,admin"])) == "holdsSeparator")
        #expect(Self.fault(Self.identity(amr: ["a b"]), Self.space) == "holdsSeparator")
    }

    /// Each is one byte too long for 100.
    static let longValues: [(identity: Identity, header: String)] = [
        (identity(user: String(repeating: "a", count: 101)), "x-authgear-user-id"),
        (identity(roles: [String](repeating: "role", count: 20) + ["x"]), "x-authgear-user-roles"),
        (
            identity(amr: [String(repeating: "a", count: 50), String(repeating: "b", count: 50)]),
            "x-authgear-session-amr"
        ),
    ]

    @Test(arguments: longValues)
    func `a value may be as long as is configured, and not a byte longer`(identity: Identity, header: String) throws {
        let (narrow, wide) = (Self.format(100), Self.format(101))
        #expect(Self.fault(identity, narrow) == "\(header): 101 of 100")
        #expect(
            try Self.lines(identity, wide).contains { $0.hasPrefix(header) && $0.utf8.count == header.utf8.count + 103 }
        )
    }

    @Test func `a head may have 32 KiB with the lines that the listener adds, and not a byte more`() throws {
        let format = Self.format(32 << 10)
        let few = try format.unjudgedAnswer(for: Self.identity(user: "a"), by: HTTP1Renderer()).bytes.count
        let room = 32_768 - HTTP1Renderer().reservedLength - few
        let longest = try format.unjudgedAnswer(
            for: Self.identity(user: String(repeating: "a", count: room + 1)), by: HTTP1Renderer())
        #expect(longest.bytes.count + HTTP1Renderer().reservedLength == 32_768)
        #expect(
            Self.fault(Self.identity(user: String(repeating: "a", count: room + 2)), format) == "head: 32769 of 32768")
    }

    private static let space = AnswerFormat(amrSeparator: UInt8(ascii: " "), maximumValueLength: 8 << 10)

    private static func format(_ maximumValueLength: Int) -> AnswerFormat {
        AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: maximumValueLength)
    }

    /// Why the identity has no answer, in a word or two.
    private static func fault(_ identity: Identity, _ format: AnswerFormat = comma) -> String? {
        do throws(AnswerFault) {
            _ = try format.unjudgedAnswer(for: identity, by: HTTP1Renderer())
            return nil
        } catch {
            switch error {
            case .refused(let refusal): return "\(refusal)"
            case .tooLong(let long): return "\(long.header.map { "\($0)" } ?? "head"): \(long.bytes) of \(long.limit)"
            }
        }
    }

    @Test(arguments: UInt8.min ... .max)
    func `of all bytes only printable ones get into a header`(byte: UInt8) {
        let identity = Identity(
            userID: [0x61, byte, 0x61], claims: IdentityClaims(), authenticatedAt: nil)
        let answer = try? Self.comma.unjudgedAnswer(for: identity, by: HTTP1Renderer())
        #expect((answer != nil) == (0x20...0x7E).contains(byte))
    }
}
