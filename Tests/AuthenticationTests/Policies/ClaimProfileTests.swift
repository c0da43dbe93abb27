import Authentication
import Bytes
import JOSE
import Testing

/// Each profile against an access token's payload as its server documents it, cut to the claims that matter.
@Suite struct ClaimProfileTests {
    /// What a profile makes of a payload; lists joined by commas, what is not stated a dash.
    struct Sample: CustomTestStringConvertible, Sendable {
        let profile: ClaimProfile
        let payload: String
        /// user, anonymous, verified, roles, amr, auth_time, scopes, acr, client.
        let facts: [String]
        var testDescription: String { profile.rawValue }
    }

    static let samples: [Sample] = [
        Sample(
            profile: .authgear,
            payload: #"""
                {"aud":["https://p.authgear.cloud"],"client_id":"c1","sub":"e307","scope":"openid offline_access",
                "https://authgear.com/claims/user/is_anonymous":false,"https://authgear.com/claims/user/is_verified":true,
                "https://authgear.com/claims/user/can_reauthenticate":true,
                "https://authgear.com/claims/user/roles":["editor"],"auth_time":1700000000,"amr":["pwd"]}
                """#,
            facts: ["e307", "false", "true", "editor", "pwd", "1700000000", "openid,offline_access", "-", "c1"]),
        Sample(
            profile: .keycloak,
            payload: #"""
                {"exp":1700000300,"iat":1700000000,"auth_time":1699999990,"jti":"x","iss":"https://kc/realms/r","aud":"account",
                "sub":"f:1","typ":"Bearer","azp":"shop","sid":"s","acr":"1","allowed-origins":["https://app"],
                "realm_access":{"roles":["offline_access","stock"]},"resource_access":{"account":{"roles":["view-profile"]}},
                "scope":"openid email profile","email_verified":true,"preferred_username":"jane"}
                """#,
            facts: ["f:1", "-", "true", "offline_access,stock", "-", "1699999990", "openid,email,profile", "1", "shop"]),
        Sample(
            profile: .auth0,
            payload: #"""
                {"iss":"https://t.auth0.com/","sub":"auth0|123","aud":["https://api","https://t.auth0.com/userinfo"],
                "azp":"abc","scope":"openid profile","permissions":["read:stock"]}
                """#,
            facts: ["auth0|123", "-", "-", "read:stock", "-", "-", "openid,profile", "-", "abc"]),
        Sample(
            profile: .okta,
            payload: #"""
                {"ver":1,"jti":"AT.0","iss":"https://o.okta.com/oauth2/default","aud":"api://default","cid":"nmd","uid":"00u",
                "scp":["openid","email"],"auth_time":1700000000,"sub":"jane@example.com","groups":["Everyone"]}
                """#,
            facts: ["00u", "-", "-", "Everyone", "-", "1700000000", "openid,email", "-", "nmd"]),
        Sample(
            profile: .okta, payload: #"{"cid":"nmd","scp":["m2m"],"sub":"nmd"}"#,
            facts: ["nmd", "-", "-", "-", "-", "-", "m2m", "-", "nmd"]),
        Sample(
            profile: .entra,
            payload: #"""
                {"aud":"6e74","iss":"https://login.microsoftonline.com/t/v2.0","azp":"6e74","azpacr":"0","name":"Abe",
                "oid":"690222be","roles":["Stock.Read"],"scp":"access_as_user user.read","sub":"HKZ","acrs":["c1","c2"],
                "amr":["pwd","mfa"],"ver":"2.0"}
                """#,
            facts: ["690222be", "-", "-", "Stock.Read", "pwd,mfa", "-", "access_as_user,user.read", "c1,c2", "6e74"]),
        Sample(
            profile: .entra, payload: #"{"appid":"a1","oid":"o1","sub":"s"}"#,
            facts: ["o1", "-", "-", "-", "-", "-", "-", "-", "a1"]),
        Sample(
            profile: .cognito,
            payload: #"""
                {"sub":"aaaa","device_key":"d","cognito:groups":["admin"],"iss":"https://cognito-idp.eu/p","version":2,
                "client_id":"cc","token_use":"access","scope":"phone openid","auth_time":1676312777,"username":"u"}
                """#,
            facts: ["aaaa", "-", "-", "admin", "-", "1676312777", "phone,openid", "-", "cc"]),
        Sample(
            profile: .zitadel,
            payload: #"""
                {"aud":["1@p"],"client_id":"1@p","iss":"https://z","sub":"163","scope":"openid",
                "urn:zitadel:iam:org:project:roles":{"admin":{"1":"o.example"},"user":{"1":"o.example"}},"email_verified":true,
                "amr":["password","mfa"],"auth_time":1700000000}
                """#,
            facts: ["163", "-", "true", "admin,user", "password,mfa", "1700000000", "openid", "-", "1@p"]),
        Sample(
            profile: .logto,
            payload:
                #"{"jti":"1","sub":"foo","iss":"https://l/oidc","aud":"https://api","scope":"read:all","client_id":"app"}"#,
            facts: ["foo", "-", "-", "-", "-", "-", "read:all", "-", "app"]),
        Sample(
            profile: .authentik,
            payload: #"""
                {"iss":"https://a/application/o/shop/","sub":"9f","aud":"shop","auth_time":1700000000,
                "acr":"goauthentik.io/providers/oauth2/default","amr":["pwd"],"email_verified":true,"groups":["staff"],
                "azp":"shop","uid":"u"}
                """#,
            facts: [
                "9f", "-", "true", "staff", "pwd", "1700000000", "-", "goauthentik.io/providers/oauth2/default", "shop",
            ]),
        Sample(
            profile: .supabase,
            payload: #"""
                {"aud":"authenticated","sub":"5b","role":"authenticated","aal":"aal1","is_anonymous":false,
                "amr":[{"method":"password","timestamp":1700000000},{"method":"totp","timestamp":1700000001}]}
                """#,
            facts: ["5b", "false", "-", "authenticated", "password,totp", "-", "-", "-", "-"]),
        Sample(
            profile: .clerk,
            payload:
                #"{"azp":"https://app","iss":"https://c","sub":"user_1","sid":"s","v":2,"o":{"id":"org_1","rol":"admin","slg":"acme"}}"#,
            facts: ["user_1", "-", "-", "admin", "-", "-", "-", "-", "https://app"]),
        Sample(
            profile: .firebase,
            payload: #"""
                {"aud":"p","auth_time":1700000000,"user_id":"u1","sub":"u1","email_verified":false,
                "firebase":{"identities":{},"sign_in_provider":"google.com"}}
                """#,
            facts: ["u1", "false", "false", "-", "google.com", "1700000000", "-", "-", "-"]),
        Sample(
            profile: .firebase, payload: #"{"sub":"u2","firebase":{"sign_in_provider":"anonymous"}}"#,
            facts: ["u2", "true", "-", "-", "anonymous", "-", "-", "-", "-"]),
    ]

    @Test(arguments: samples) func `a profile reads what its server states`(_ sample: Sample) throws {
        let mapping = ClaimMapping(sample.profile.places)
        let statement = MappedClaims(claims: try ClaimsSet(reading: Array(sample.payload.utf8)), mapping: mapping)
        let identity = statement.identity
        let text = { (bytes: [UInt8]?) in bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
        let list = { (items: [[UInt8]]?) in items.map { $0.map { text($0) }.joined(separator: ",") } ?? "-" }
        let flag = { (value: Bool?) in value.map { "\($0)" } ?? "-" }
        #expect(
            [
                text(statement.claims.text(at: mapping.places.userID)), flag(identity.isAnonymous),
                flag(identity.isVerified), list(identity.roles), list(identity.authenticationMethods),
                statement.authenticatedAt.map { "\($0.seconds)" } ?? "-", list(statement.scopes),
                list(statement.contexts), text(statement.client),
            ] == sample.facts)
    }

    @Test func `there is a sample of each profile`() {
        #expect(Set(Self.samples.map(\.profile)) == Set(ClaimProfile.allCases))
    }

    @Test func `who a token is for, and of what kind it is, is its profile's too`() {
        let audiences = ClaimProfile.allCases.filter { $0.places.audience != Array("aud".utf8) }
        #expect(audiences == [.cognito, .clerk])
        #expect(ClaimProfile.allCases.filter { !$0.places.required.isEmpty } == [.keycloak, .cognito])
    }
}
