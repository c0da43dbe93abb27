import Authentication
import Bytes
import Testing

/// Access grants, app sessions and offline grants, as Authgear writes them.
struct GrantRecordTests {
    static let accessGrant = """
        {"app_id":"my-project","authz_id":"9b1e","session_id":"5d7c","session_kind":"offline_grant",\
        "created_at":"2026-11-27T03:39:48.123456789Z","expire_at":"2026-11-27T04:09:48.123456789Z",\
        "scopes":["openid"],"token_hash":"a0ee","refresh_token_hash":"b1ff"}
        """
    static let appSession = """
        {"app_id":"my-project","offline_grant_id":"5d7c","created_at":"2026-11-27T03:39:48Z",\
        "expire_at":"2026-11-27T04:09:48Z","token_hash":"a0ee","refresh_token_hash":""}
        """
    static let offlineGrant = """
        {"app_id":"my-project","id":"5d7c","client_id":"c1","idp_session_id":"a8c1",\
        "created_at":"2026-11-27T03:39:48Z","authenticated_at":"2026-11-27T03:39:47Z",\
        "attrs":{"user_id":"e307","claims":{"amr":["pwd"]}},\
        "access_info":{"initial_access":{"time":"2026-11-27T03:39:48Z"},"last_access":{"time":"2026-11-27T03:40:00Z"}},\
        "device_info":{"ios":{"uname":{"machine":"iPhone13,1"}}},"sso_enabled":true,"app2app_device_key_jwk_json":"",\
        "refresh_tokens":[{"token_hash":"h1","client_id":"c1","created_at":"2026-11-27T03:39:48Z",\
        "scopes":["openid","offline_access"],"authz_id":"9b1e","dpop_jkt":"","access_info":null,"expire_at":null},\
        {"token_hash":"h2","scopes":["openid","https://authgear.com/scopes/full-access"],"authz_id":"9b1f",\
        "rotated_token_hash":"h3","rotated_at":"2026-11-27T03:39:48Z"}],"authz_id":"","scopes":null,"token_hash":""}
        """

    private static func record(
        _ kind: RecordQuery.Kind, _ text: String, id: String
    ) throws(RecordError) -> Record {
        try Record(Array(text.utf8).span.bytes, for: RecordQuery(kind: kind, key: Array(id.utf8)))
    }

    @Test func `an access grant says whose it is and how long it is good`() throws {
        guard case .accessGrant(let grant) = try Self.record(.accessGrant, Self.accessGrant, id: "a0ee") else {
            Issue.record("it is another record")
            return
        }
        #expect(grant.sessionKind == .offlineGrant && grant.sessionID == Array("5d7c".utf8))
        #expect(grant.refreshTokenHash == Array("b1ff".utf8))
        #expect(grant.scopes == Array(#"["openid"]"#.utf8))
        #expect(grant.expireAt == Timestamp(seconds: 1_795_752_588).adding(microseconds: 123_456))
        let other = Self.accessGrant.replacing("offline_grant", with: "idp_session")
        guard case .accessGrant(let grant) = try Self.record(.accessGrant, other, id: "a0ee") else {
            Issue.record("it is another record")
            return
        }
        #expect(grant.sessionKind == .idpSession)
    }

    @Test func `an app session says whose it is and how long it is good`() throws {
        guard case .appSession(let session) = try Self.record(.appSession, Self.appSession, id: "a0ee") else {
            Issue.record("it is another record")
            return
        }
        #expect(session.offlineGrantID == Array("5d7c".utf8) && session.refreshTokenHash == [])
        #expect(session.expireAt == Timestamp(seconds: 1_795_752_588))
    }

    @Test func `an offline grant says who it is of, with what it ends, and which tokens it has`() throws {
        guard case .offlineGrant(let grant) = try Self.record(.offlineGrant, Self.offlineGrant, id: "5d7c") else {
            Issue.record("it is another record")
            return
        }
        #expect(grant.session.userID == Array("e307".utf8) && grant.clientID == Array("c1".utf8))
        #expect(grant.hasSingleSignOn && grant.idpSessionID == Array("a8c1".utf8))
        #expect(grant.session.lastAccess == Timestamp(seconds: 1_795_750_800))
        #expect(grant.authorization == .init(isKnown: false, hasFullAccess: false) && grant.tokenHash == [])
        #expect(grant.refreshTokens.map { String(decoding: $0.initialHash, as: UTF8.self) } == ["h1", "h2"])
        #expect(grant.refreshTokens.map(\.authorization.hasFullAccess) == [false, true])
        #expect(grant.refreshTokens.map { $0.rotatedHash.map { String(decoding: $0, as: UTF8.self) } } == [nil, "h3"])
        #expect(grant.refreshTokens.map { $0.clientID.map { String(decoding: $0, as: UTF8.self) } } == ["c1", nil])
    }

    @Test func `a grant from before it had refresh tokens has one at its top level`() throws {
        let old = """
            {"id":"5d7c","client_id":"c1","created_at":"2024-01-27T03:39:48Z","attrs":{"user_id":"e307","claims":null},\
            "authz_id":"9b1e","scopes":["https://authgear.com/scopes/full-access"],"token_hash":"h0","refresh_tokens":null}
            """
        guard case .offlineGrant(let grant) = try Self.record(.offlineGrant, old, id: "5d7c") else {
            Issue.record("it is another record")
            return
        }
        #expect(grant.tokenHash == Array("h0".utf8) && grant.refreshTokens.isEmpty && !grant.hasSingleSignOn)
        #expect(grant.authorization == .init(isKnown: true, hasFullAccess: true))
    }

    @Test(arguments: [1, 31, 32, 100, 100_000]) func `what a client says of its device may be of any depth`(
        _ depth: Int
    ) throws {
        let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let text = Self.offlineGrant.replacing(#"{"ios":{"uname":{"machine":"iPhone13,1"}}}"#, with: deep)
        #expect(throws: Never.self) { try Self.record(.offlineGrant, text, id: "5d7c") }
        let torn = Self.offlineGrant.replacing(#"{"ios":{"uname":{"machine":"iPhone13,1"}}}"#, with: deep.dropLast())
        #expect(throws: RecordError.notJSON) { try Self.record(.offlineGrant, torn, id: "5d7c") }
    }

    static let faults: [(kind: RecordQuery.Kind, from: String, to: String, error: RecordError)] = [
        (.accessGrant, #""token_hash":"a0ee""#, #""token_hash":"a0ef""#, .mismatched),
        (.accessGrant, #""token_hash":"a0ee","#, "", .memberMissing),
        (.accessGrant, #""session_kind":"offline_grant""#, #""session_kind":"client""#, .kindUnknown),
        (.accessGrant, #""session_kind":"offline_grant","#, "", .memberMissing),
        (.accessGrant, #""session_id":"5d7c""#, #""session_id":"""#, .memberMissing),
        (.accessGrant, #""session_id":"5d7c""#, #""session_id":5"#, .wrongType),
        (.accessGrant, "2026-11-27T04:09:48.123456789Z", "2026-13-27T04:09:48Z", .badTime),
        (.accessGrant, "2026-11-27T04:09:48.123456789Z", "0001-01-01T00:00:00Z", .memberMissing),
        (.accessGrant, #""refresh_token_hash":"b1ff"}"#, #""refresh_token_hash":"b1ff""#, .notJSON),
        (.appSession, #""token_hash":"a0ee""#, #""token_hash":"a0ef""#, .mismatched),
        (.appSession, #""offline_grant_id":"5d7c","#, "", .memberMissing),
        (.appSession, #""expire_at":"2026-11-27T04:09:48Z","#, "", .memberMissing),
        (.appSession, #""refresh_token_hash":"""#, #""refresh_token_hash":[]"#, .wrongType),
        (.offlineGrant, #""id":"5d7c""#, #""id":"5d7d""#, .mismatched),
        (.offlineGrant, #""id":"5d7c","#, "", .memberMissing),
        (.offlineGrant, #""user_id":"e307""#, #""user_id":"""#, .memberMissing),
        (.offlineGrant, #""sso_enabled":true"#, #""sso_enabled":"true""#, .wrongType),
        (.offlineGrant, #""token_hash":"h2""#, #""token_hash":2"#, .wrongType),
        (.offlineGrant, #"["openid","offline_access"]"#, #"["openid",1]"#, .wrongType),
        (.offlineGrant, #""token_hash":""}"#, #""token_hash":""}}"#, .notJSON),
    ]

    @Test(arguments: faults)
    func `a record that is not what it should be says what is wrong`(
        kind: RecordQuery.Kind, from: String, to: String, error: RecordError
    ) {
        let (text, id) =
            switch kind {
            case .accessGrant: (Self.accessGrant, "a0ee")
            case .appSession: (Self.appSession, "a0ee")
            default: (Self.offlineGrant, "5d7c")
            }
        #expect(text.contains(from))
        #expect(throws: error) { try Self.record(kind, text.replacing(from, with: to), id: id) }
    }
}
