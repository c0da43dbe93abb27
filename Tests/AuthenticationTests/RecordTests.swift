import Authentication
import Bytes
import JOSE
import Testing

struct RecordTests {
    /// As Authgear writes it (contract section 6), with members that nothing here needs.
    static let session = """
        {"id":"a8c1","app_id":"my-project","created_at":"2026-11-21T05:00:00.123456789Z",\
        "authenticated_at":"2026-11-21T05:00:01Z","attrs":{"user_id":"e307","claims":{"amr":["pwd","mfa"]}},\
        "access_info":{"initial_access":{"time":"2026-11-21T05:00:00.1Z","ip":"203.0.113.7"},\
        "last_access":{"time":"2026-11-21T05:10:00Z"}},"token_hash":"abcd","participated_saml":null}
        """
    static let user = """
        {"user":{"id":"e307","is_anonymous":false,"is_verified":true,"can_reauthenticate":true,"is_disabled":false,\
        "standard_attributes":{},"roles":["x"]},"account_status_stale_from":"2026-12-01T00:00:00Z",\
        "effective_role_keys":["stock.view","stock.edit"]}
        """

    /// The question that the record is the answer to.
    private static func query(_ kind: RecordQuery.Kind) -> RecordQuery {
        switch kind {
        case .session: RecordQuery(kind: .session, key: Array("app:p:session:a8c1".utf8), id: 14..<18)
        case .user: RecordQuery(kind: .user, key: Array("app:p:userinfo:e307:__greatest__".utf8), id: 15..<19)
        case .accessGrant, .offlineGrant, .appSession: RecordQuery(kind: kind, key: Array("a8c1".utf8))
        }
    }

    private static func session(_ text: String) throws(RecordError) -> SessionRecord {
        guard case .session(let record) = try Record(Array(text.utf8).span.bytes, for: query(.session)) else {
            throw RecordError.wrongType
        }
        return record
    }

    private static func user(_ text: String) throws(RecordError) -> UserRecord {
        guard case .user(let record) = try Record(Array(text.utf8).span.bytes, for: query(.user)) else {
            throw RecordError.wrongType
        }
        return record
    }

    @Test func `a session's members are read`() throws {
        let record = try Self.session(Self.session)
        #expect(record.userID == Array("e307".utf8))
        #expect(record.tokenHash == Array("abcd".utf8))
        #expect(record.createdAt == Timestamp(microseconds: 1_795_237_200_123_456))
        #expect(record.authenticatedAt == Timestamp(seconds: 1_795_237_201))
        #expect(record.lastAccess == Timestamp(seconds: 1_795_237_800))
        #expect(record.claims.authenticationMethods == [Array("pwd".utf8), Array("mfa".utf8)])
        #expect(record.claims.isVerified == nil)
    }

    @Test func `a user's members are read`() throws {
        let record = try Self.user(Self.user)
        #expect(!record.isDisabled)
        #expect(record.isAnonymous == false)
        #expect(record.isVerified == true)
        #expect(record.canReauthenticate == true)
        #expect(record.roles == [Array("stock.view".utf8), Array("stock.edit".utf8)])
        #expect(record.accountStatusStaleFrom == Timestamp(seconds: 1_796_083_200))
    }

    @Test func `Go's zero time is unset, and so is null`() throws {
        let record = try Self.session(
            """
            {"id":"a8c1","created_at":"2026-11-21T05:00:00Z","authenticated_at":"0001-01-01T00:00:00Z",\
            "access_info":null,"attrs":{"user_id":"u","claims":null}}
            """)
        #expect(record.authenticatedAt == nil)
        #expect(record.lastAccess == nil)
        #expect(record.tokenHash == [])
    }

    @Test func `a session's claims about its user are read, those of a wrong type are not stated`() throws {
        let prefix = "https://authgear.com/claims/user/"
        let record = try Self.session(
            """
            {"id":"a8c1","created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u","claims":{"\(prefix)is_anonymous":false,\
            "\(prefix)is_verified":"yes","\(prefix)can_reauthenticate":true,"\(prefix)roles":["a","b"],"amr":[1]}}}
            """)
        #expect(record.claims.isAnonymous == false)
        #expect(record.claims.isVerified == nil)
        #expect(record.claims.canReauthenticate == true)
        #expect(record.claims.roles == [Array("a".utf8), Array("b".utf8)])
        #expect(record.claims.authenticationMethods == nil)
    }

    @Test func `a user without roles has none`() throws {
        #expect(try Self.user(#"{"user":{"id":"e307"},"effective_role_keys":null}"#).roles == [])
        #expect(try Self.user(#"{"user":{"id":"e307"}}"#).roles == [])
    }

    @Test(arguments: [
        ("", RecordError.notJSON), ("null", .notJSON), ("[]", .notJSON), ("{} {}", .notJSON), ("{", .notJSON),
        ("{}", .memberMissing),
        (#"{"id":"a8c1","created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":""}}"#, .memberMissing),
        (#"{"id":"a8c1","created_at":"0001-01-01T00:00:00Z","attrs":{"user_id":"u"}}"#, .memberMissing),
        (#"{"id":"a8c1","created_at":"2026-11-21T05:00:00Z","attrs":{}}"#, .memberMissing),
        (#"{"created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"}}"#, .memberMissing),
        (#"{"id":null,"created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"}}"#, .memberMissing),
        (#"{"id":7,"created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"}}"#, .wrongType),
        (#"{"id":"a8c2","created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"}}"#, .mismatched),
        (#"{"id":"a8c","created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"}}"#, .mismatched),
        (#"{"id":"a8c11","created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"}}"#, .mismatched),
        (#"{"id":"","created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"}}"#, .mismatched),
        (#"{"created_at":"2026-11-21T05:00:00Z","attrs":[]}"#, .wrongType),
        (#"{"created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":7}}"#, .wrongType),
        (#"{"created_at":1795237200,"attrs":{"user_id":"u"}}"#, .wrongType),
        (#"{"created_at":"yesterday","attrs":{"user_id":"u"}}"#, .badTime),
        (#"{"created_at":"2026-11-21T05:00:00Z","token_hash":true,"attrs":{"user_id":"u"}}"#, .wrongType),
        (
            #"{"created_at":"2026-11-21T05:00:00Z","attrs":{"user_id":"u"},"access_info":{"last_access":{"time":""}}}"#,
            .badTime
        ),
    ])
    func `a session that is not what it should be is refused with its reason`(text: String, error: RecordError) {
        #expect(throws: error) { try Self.session(text) }
    }

    @Test(arguments: [
        ("nonsense", RecordError.notJSON), ("{}", .memberMissing), (#"{"user":null}"#, .memberMissing),
        (#"{"user":[]}"#, .wrongType), (#"{"user":{"is_disabled":"no"}}"#, .wrongType),
        (#"{"user":{}}"#, .memberMissing), (#"{"id":"e307","user":{"is_disabled":false}}"#, .memberMissing),
        (#"{"user":{"id":null}}"#, .memberMissing), (#"{"user":{"id":307}}"#, .wrongType),
        (#"{"user":{"id":"e308"}}"#, .mismatched), (#"{"user":{"id":"e307:__greatest__"}}"#, .mismatched),
        (#"{"user":{"id":"E307"}}"#, .mismatched),
        (#"{"user":{},"effective_role_keys":"admin"}"#, .wrongType),
        (#"{"user":{},"effective_role_keys":["a",1]}"#, .wrongType),
        (#"{"user":{},"account_status_stale_from":"soon"}"#, .badTime),
    ])
    func `a user that is not what it should be is refused with its reason`(text: String, error: RecordError) {
        #expect(throws: error) { try Self.user(text) }
    }

    @Test func `an id is what its escapes stand for`() throws {
        #expect(try Self.user(#"{"user":{"id":"e\u00330\u0037"}}"#).roles == [])
    }

    @Test(arguments: [session, user])
    func `no record with a byte changed or cut off does any harm`(text: String) {
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x20
            for kind in RecordQuery.Kind.allCases {
                _ = try? Record(changed.span.bytes, for: Self.query(kind))
                #expect(throws: RecordError.self) {
                    try Record(Array(bytes[..<index]).span.bytes, for: Self.query(kind))
                }
            }
        }
    }
}
