import Authentication
import AuthgearResolver
import Bytes
import Fixtures
import JOSE

/// A configuration, and a store with one user's credentials, for `inspect`: change what a test is about.
struct InspectedWorld: KnownCredentials {
    static let now = TokenMint.now
    static let cookie = "s1.QvpxQdZRlAOGT5FvRjXG2h8KxCJZ7Ydm"
    static let user = TokenMint.subject
    static let tokenGrantKey = "app:my-project:access-grant:\(TokenMint.grantHash)"
    static let grantKey = "app:my-project:offline-grant:g1"
    static let sessionKey = "app:my-project:session:s1"
    static let userKey = "app:my-project:userinfo:\(user):__greatest__"
    static let bearerKey = "app:my-project:userinfo:\(user):bearer"

    var configuration = Configuration()
    var records: [String: String] = [:]
    /// What every record comes to that is not there.
    var absence = RecordReply.missing
    var authgear = AuthgearReply.unknown(.unreachable)
    var hasKeys = true

    init() {
        var issuer = Configuration.Issuer(identifier: TokenMint.issuer, audiences: [TokenMint.audience])
        issuer.sessionCheck = .grant
        configuration.issuers = [issuer]
        configuration.sessions.appID = "my-project"
        configuration.sessions.store = .memory(Configuration.Memory(file: "none"))
        records[Self.accessGrantKey] = Self.accessGrant(hash: Self.hash(Self.token))
        records[Self.tokenGrantKey] = Self.accessGrant(hash: TokenMint.grantHash)
        records[Self.appSessionKey] = """
            {"offline_grant_id":"g1","expire_at":"2027-01-15T08:30:00Z","token_hash":"\(Self.hash(Self.appSession))",\
            "refresh_token_hash":"\(Self.refreshToken)"}
            """
        records[Self.grantKey] = Self.grant()
        records[Self.sessionKey] = Self.session()
        records[Self.userKey] = Self.userRecord()
    }

    static func accessGrant(hash: String, expireAt: String = "2027-01-15T08:30:00Z") -> String {
        """
        {"session_id":"g1","session_kind":"offline_grant","expire_at":"\(expireAt)","token_hash":"\(hash)",\
        "refresh_token_hash":"\(refreshToken)"}
        """
    }

    static func grant(
        user: String = user, lastAccess: String = "2027-01-15T07:59:00Z", sso: String = "",
        scopes: String = #""https://authgear.com/scopes/full-access""#, tokens: String? = nil
    ) -> String {
        let token = #"{"token_hash":"\#(refreshToken)","scopes":[\#(scopes)],"authz_id":"9b1e"}"#
        return """
            {"id":"g1","client_id":"my-app",\(sso)"created_at":"2027-01-14T08:00:00Z","attrs":{"user_id":"\(user)"},\
            "access_info":{"last_access":{"time":"\(lastAccess)"}},"refresh_tokens":[\(tokens ?? token)],"token_hash":""}
            """
    }

    static func session(createdAt: String = "2027-01-14T08:00:00Z", hash: String = hash(cookie)) -> String {
        """
        {"id":"s1","created_at":"\(createdAt)","attrs":{"user_id":"\(user)"},\
        "access_info":{"last_access":{"time":"2027-01-15T07:59:00Z"}},"token_hash":"\(hash)"}
        """
    }

    static func userRecord(isDisabled: Bool = false, more: String = "") -> String {
        """
        {"user":{"id":"\(user)","is_anonymous":false,"is_verified":true,"can_reauthenticate":true,\
        "is_disabled":\(isDisabled)},\(more)"effective_role_keys":["stock.view"]}
        """
    }

    func report(on credential: PresentedCredential) async throws -> Inspection.Report {
        let keys = try KeySet(Algorithm.allCases.map(TestKeys.key))
        let (records, absence, authgear) = (records, absence, authgear)
        let sources = InspectionSources(
            read: { query in
                guard let json = records[String(decoding: query.key, as: UTF8.self)] else { return (absence, nil) }
                do throws(RecordError) {
                    return (.found(try Record(Array(json.utf8).span.bytes, for: query)), nil)
                } catch {
                    return (.unreadable(error), nil)
                }
            }, ask: { _ in (authgear, nil) })
        return await CredentialInspection(configuration, keySets: [hasKeys ? keys : nil], asking: sources)
            .report(on: credential, clock: { Self.now })
    }

    func report(cookie name: String, _ value: String = cookie) async throws -> Inspection.Report {
        try await report(on: .cookie(name: name, value: Array(value.utf8)))
    }

    func report(token: String = token) async throws -> Inspection.Report {
        try await report(on: .token(Array(token.utf8)))
    }
}
