import Bytes
import Fixtures
import Foundation
import JOSE

/// How a record stands in the store.
enum RecordCondition: String {
    case right
    case missing
    /// Not written to its end.
    case torn
    /// A member is of another type than it should be, or one is not there that has to be.
    case unfit
    /// Without the id, or the hash, that it is stored under.
    case nameless
    /// With the id of another.
    case other
    /// Redis has a hash there.
    case hash
}

/// A record as the oracle knows it.
struct Stored<Value> {
    var condition: RecordCondition
    /// Which of the ways to be unfit.
    var flaw = 0
    /// Whether it has members that nobody knows.
    var hasMore = false
    var value: Value
}

/// Moments are nanoseconds of the Unix time.
struct SessionFacts {
    var user: String
    /// What its hash is of; nil: no such member.
    var hashOf: String?
    var createdAt: Int64
    var authenticatedAt: Int64?
    var lastAccess: Int64?
    var claims: ClaimFacts
}

struct ClaimFacts {
    var amr: [String]?
    var isAnonymous: Bool?
    var isVerified: Bool?
    var canReauthenticate: Bool?
    var roles: [String]?

    var describeUser: Bool { isAnonymous != nil && isVerified != nil && canReauthenticate != nil && roles != nil }
}

struct GrantFacts {
    enum Scopes { case full, narrow, null }

    struct RefreshToken {
        /// What the hashes are of.
        var initial: String
        var rotated: String?
        var scopes: Scopes
    }

    var session: SessionFacts
    var client: String
    var singleSignOn: Bool?
    var idpSession: String?
    var tokens: [RefreshToken]?
    /// The top level's.
    var hashOf: String
    var authorization: String
    var scopes: Scopes
}

struct AccessFacts {
    var kind: String
    var session: String
    var expireAt: Int64
    /// What its refresh token's hash is of: nobody, when empty; nil: no such member.
    var refreshToken: String?
}

struct AppFacts {
    var grant: String
    var expireAt: Int64
    var refreshToken: String?
}

struct UserFacts {
    var isDisabled: Bool?
    var isAnonymous: Bool?
    var isVerified: Bool?
    var canReauthenticate: Bool?
    var roles: [String]?
    var staleFrom: Int64?
}

/// The records' text, as Authgear writes them and as it never would.
enum WorldText {
    static func hash(of text: String) -> String {
        text.isEmpty ? "" : text.sha256
    }

    static func quote(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case ..<" ": quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\"\(quoted)\""
    }

    static func time(_ moment: Int64?) -> String {
        guard let moment else { return quote("0001-01-01T00:00:00Z") }
        let seconds = moment / 1_000_000_000
        var digits = String(moment % 1_000_000_000 + 1_000_000_000).dropFirst()
        while digits.last == "0" { digits = digits.dropLast() }
        let whole = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format().dropLast()
        return quote(whole + (digits.isEmpty ? "" : ".\(digits)") + "Z")
    }

    private static func object(_ members: [(String, String?)]) -> String {
        "{" + members.compactMap { name, value in value.map { "\(quote(name)):\($0)" } }.joined(separator: ",") + "}"
    }

    private static func list(_ values: [String]?) -> String? {
        values.map { "[" + $0.map(quote).joined(separator: ",") + "]" }
    }

    private static func claims(_ facts: ClaimFacts) -> String {
        let prefix = "https://authgear.com/claims/user/"
        return object([
            ("amr", list(facts.amr)), (prefix + "is_anonymous", facts.isAnonymous.map { "\($0)" }),
            (prefix + "is_verified", facts.isVerified.map { "\($0)" }),
            (prefix + "can_reauthenticate", facts.canReauthenticate.map { "\($0)" }),
            (prefix + "roles", list(facts.roles)),
        ])
    }

    /// What sessions and grants have in common.
    private static func members(_ facts: SessionFacts) -> [(String, String?)] {
        let access = { (moment: Int64?) in object([("time", time(moment)), ("ip", quote("203.0.113.7"))]) }
        return [
            ("created_at", time(facts.createdAt)), ("authenticated_at", time(facts.authenticatedAt)),
            ("attrs", object([("user_id", quote(facts.user)), ("claims", claims(facts.claims))])),
            (
                "access_info",
                object([("initial_access", access(facts.createdAt)), ("last_access", access(facts.lastAccess))])
            ),
        ]
    }

    private static func scopes(_ scopes: GrantFacts.Scopes) -> String {
        switch scopes {
        case .full: #"["openid","https://authgear.com/scopes/full-access"]"#
        case .narrow: #"["openid","offline_access"]"#
        case .null: "null"
        }
    }

    private static let sessionFlaws: [(String, String?)] = [
        ("created_at", "7"), ("created_at", nil), ("attrs", nil), ("attrs", #"{"user_id":"","claims":{}}"#),
        ("access_info", "[]"), ("created_at", #""2026-13-01T00:00:00Z""#),
    ]

    static func session(_ id: String, _ stored: Stored<SessionFacts>) -> String {
        let facts = stored.value
        let members =
            [("id", quote(id)), ("app_id", quote(""))] + members(facts) + [
                ("token_hash", facts.hashOf.map { quote(hash(of: $0)) })
            ]
        return text(members, stored, name: "id", sessionFlaws + [("token_hash", "{}")])
    }

    static func grant(_ id: String, _ stored: Stored<GrantFacts>) -> String {
        let facts = stored.value
        let tokens = facts.tokens.map { tokens in
            "["
                + tokens.map { token in
                    object([
                        ("token_hash", quote(hash(of: token.initial))), ("client_id", quote("c1")),
                        ("scopes", scopes(token.scopes)), ("authz_id", quote("9b1e")), ("dpop_jkt", quote("")),
                        ("access_info", "null"), ("expire_at", "null"),
                        ("rotated_token_hash", token.rotated.map { quote(hash(of: $0)) }),
                    ])
                }.joined(separator: ",") + "]"
        }
        let members: [(String, String?)] =
            [("app_id", quote("my-project")), ("id", quote(id)), ("client_id", quote(facts.client))]
            + members(facts.session) + [
                ("device_info", #"{"ios":{"uname":{"machine":"iPhone13,1"}},"more":[[[[[[[[]]]]]]]]}"#),
                ("idp_session_id", facts.idpSession.map(quote)), ("sso_enabled", facts.singleSignOn.map { "\($0)" }),
                ("refresh_tokens", tokens ?? "null"), ("authz_id", quote(facts.authorization)),
                ("scopes", scopes(facts.scopes)), ("token_hash", quote(hash(of: facts.hashOf))),
            ]
        return text(
            members, stored, name: "id",
            sessionFlaws + [
                ("sso_enabled", "1"), ("refresh_tokens", "{}"), ("refresh_tokens", #"[{"token_hash":1}]"#),
                ("scopes", #""x""#), ("client_id", "[]"),
            ])
    }

    static func access(_ token: String, _ stored: Stored<AccessFacts>) -> String {
        let facts = stored.value
        let members: [(String, String?)] = [
            ("app_id", quote("my-project")), ("authz_id", quote("9b1e")), ("session_id", quote(facts.session)),
            ("session_kind", quote(facts.kind)), ("expire_at", time(facts.expireAt)),
            ("scopes", #"["openid"]"#), ("token_hash", quote(hash(of: token))),
            ("refresh_token_hash", facts.refreshToken.map { quote(hash(of: $0)) }),
        ]
        return text(
            members, stored, name: "token_hash",
            [
                ("session_id", "7"), ("session_id", nil), ("session_kind", nil), ("expire_at", "7"),
                ("refresh_token_hash", "7"),
            ])
    }

    static func app(_ value: String, _ stored: Stored<AppFacts>) -> String {
        let facts = stored.value
        let members: [(String, String?)] = [
            ("app_id", quote("my-project")), ("offline_grant_id", quote(facts.grant)),
            ("expire_at", time(facts.expireAt)), ("token_hash", quote(hash(of: value))),
            ("refresh_token_hash", facts.refreshToken.map { quote(hash(of: $0)) }),
        ]
        return text(
            members, stored, name: "token_hash",
            [("offline_grant_id", "7"), ("offline_grant_id", nil), ("expire_at", nil), ("refresh_token_hash", "[]")])
    }

    static func user(_ id: String, _ stored: Stored<UserFacts>) -> String {
        let facts = stored.value
        let name: String? =
            switch stored.condition {
            case .nameless: nil
            case .other: quote(id + "x")
            default: quote(id)
            }
        let user = object([
            ("id", name), ("is_anonymous", facts.isAnonymous.map { "\($0)" }),
            ("is_verified", facts.isVerified.map { "\($0)" }), ("is_disabled", facts.isDisabled.map { "\($0)" }),
            ("can_reauthenticate", facts.canReauthenticate.map { "\($0)" }),
            ("standard_attributes", #"{"email":"a@example.com","user":{"id":"nobody"}}"#), ("roles", #"["x"]"#),
        ])
        let members: [(String, String?)] = [
            ("user", user), ("account_status_stale_from", facts.staleFrom.map { time($0) }),
            ("effective_role_keys", list(facts.roles) ?? "null"), ("recovery_code_enabled", "false"),
        ]
        return text(
            members, stored, name: nil,
            [("user", nil), ("user", "null"), ("user", "[]"), ("effective_role_keys", "7")])
    }

    private static func text<Value>(
        _ members: [(String, String?)], _ stored: Stored<Value>, name: String?, _ flaws: [(String, String?)]
    ) -> String {
        var members = members
        func set(_ name: String, _ value: String?) {
            members.removeAll { $0.0 == name }
            members.append((name, value))
        }
        switch stored.condition {
        case .nameless: if let name { set(name, nil) }
        case .other: if let name { set(name, quote("another")) }
        case .unfit:
            let (name, value) = flaws[stored.flaw % flaws.count]
            set(name, value)
        default: break
        }
        if stored.hasMore {
            members.insert(("more", #"{"id":"x","user":{"id":7},"list":[1e400,null,{"a":"\u00e9"}]}"#), at: 1)
        }
        let text = object(members)
        return stored.condition == .torn ? String(text.dropLast(text.count / 3 + 1)) : text
    }
}
