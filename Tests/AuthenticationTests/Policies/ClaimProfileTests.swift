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
            profile: .keycloak,
            payload: #"""
                {"exp":1700000300,"iss":"https://kc/realms/r","aud":"stock-api","sub":"f:1","typ":"DPoP","azp":"shop",
                "amr":["pwd","otp"],"cnf":{"jkt":"x"},"scope":"openid"}
                """#,
            facts: ["f:1", "-", "-", "-", "pwd,otp", "-", "openid", "-", "shop"]),
        Sample(
            profile: .auth0,
            payload: #"""
                {"iss":"https://my-domain.auth0.com/","sub":"auth0|123456",
                "aud":["https://example.com/health-api","https://my-domain.auth0.com/userinfo"],"azp":"my_client_id",
                "exp":1311281970,"iat":1311280970,"scope":"openid profile read:patients read:admin",
                "permissions":["read:patients"],"my_custom_claim":"my_custom_value"}
                """#,
            facts: [
                "auth0|123456", "-", "-", "read:patients", "-", "-", "openid,profile,read:patients,read:admin", "-",
                "my_client_id",
            ]),
        // The other of its token profiles (RFC 9068).
        Sample(
            profile: .auth0,
            payload: #"""
                {"iss":"https://my-domain.auth0.com/","sub":"auth0|123456","aud":"https://example.com/health-api",
                "client_id":"my_client_id","exp":1311281970,"iat":1311280970,"jti":"73WakrfVbNJBaAmhQtEeDv","scope":"openid"}
                """#,
            facts: ["auth0|123456", "-", "-", "-", "-", "-", "openid", "-", "my_client_id"]),
        Sample(
            profile: .okta,
            payload: #"""
                {"ver":1,"jti":"AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE","iss":"https://o.okta.com/oauth2/default",
                "aud":"https://api.example.com","sub":"jane@example.com","iat":1467145094,"exp":1467148694,
                "cid":"nmdP1fcyvdVO11AL7ECm","uid":"00ujmkLgagxeRrAg20g3","scp":["openid","email","flights","custom"],
                "auth_time":1467142021,"groups":["Everyone"]}
                """#,
            facts: [
                "00ujmkLgagxeRrAg20g3", "-", "-", "Everyone", "-", "1467142021", "openid,email,flights,custom", "-",
                "nmdP1fcyvdVO11AL7ECm",
            ]),
        Sample(
            profile: .okta, payload: #"{"cid":"nmd","scp":["m2m"],"sub":"nmd"}"#,
            facts: ["nmd", "-", "-", "-", "-", "-", "m2m", "-", "nmd"]),
        // Version 2.0, which has neither amr nor acr; auth_time only when it was asked for.
        Sample(
            profile: .entra,
            payload: #"""
                {"aud":"6e74","iss":"https://login.microsoftonline.com/t/v2.0","azp":"6e74","azpacr":"0","name":"Abe",
                "oid":"690222be","preferred_username":"abe@example.com","roles":["Stock.Read"],"scp":"access_as_user user.read",
                "sub":"HKZ","tid":"t","acrs":["c1","c2"],"auth_time":1700000000,"ver":"2.0"}
                """#,
            facts: [
                "690222be", "-", "-", "Stock.Read", "-", "1700000000", "access_as_user,user.read", "c1,c2", "6e74",
            ]),
        Sample(
            profile: .entra,
            payload: #"""
                {"aud":"api://6e74","iss":"https://sts.windows.net/t/","acr":"1","amr":["pwd","mfa"],"appid":"a1","appidacr":"1",
                "oid":"o1","scp":"user.read","sub":"s","tid":"t","unique_name":"abe@example.com","ver":"1.0"}
                """#,
            facts: ["o1", "-", "-", "-", "pwd,mfa", "-", "user.read", "-", "a1"]),
        // By client credentials: there is no user, and no scp.
        Sample(
            profile: .entra,
            payload: #"{"azp":"a1","oid":"o1","sub":"o1","idtyp":"app","roles":["Stock.Sync"],"ver":"2.0"}"#,
            facts: ["o1", "-", "-", "Stock.Sync", "-", "-", "-", "-", "a1"]),
        Sample(
            profile: .cognito,
            payload: #"""
                {"sub":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","device_key":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                "cognito:groups":["admin"],"token_use":"access","scope":"aws.cognito.signin.user.admin openid",
                "auth_time":1562190524,"iss":"https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example","exp":1562194124,
                "iat":1562190524,"origin_jti":"a","jti":"b","client_id":"57cbishk4j24pabc1234567890","username":"jane"}
                """#,
            facts: [
                "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "-", "-", "admin", "-", "1562190524",
                "aws.cognito.signin.user.admin,openid", "-", "57cbishk4j24pabc1234567890",
            ]),
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
                {"iss":"https://a/application/o/shop/","sub":"9f","aud":"shop","exp":1700000300,"iat":1700000000,
                "auth_time":1700000000,"acr":"goauthentik.io/providers/oauth2/default","amr":["pwd","mfa"],"sid":"5e",
                "email":"a@example.com","email_verified":false,"name":"Ada","preferred_username":"ada","groups":["staff"],
                "azp":"shop","uid":"u"}
                """#,
            facts: [
                "9f", "-", "false", "staff", "pwd,mfa", "1700000000", "-", "goauthentik.io/providers/oauth2/default",
                "shop",
            ]),
        Sample(
            profile: .supabase,
            payload: #"""
                {"aal":"aal1","amr":[{"method":"password","timestamp":1640991600},{"method":"totp","timestamp":1640991601}],
                "app_metadata":{"provider":"email","providers":["email"]},"aud":"authenticated","email":"user@example.com",
                "exp":1640995200,"iat":1640991600,"iss":"https://abcdefghijklmnopqrst.supabase.co/auth/v1","phone":"",
                "role":"authenticated","session_id":"123e","sub":"123e4567","user_metadata":{"name":"John Doe"},
                "is_anonymous":false}
                """#,
            facts: ["123e4567", "false", "-", "authenticated", "password,totp", "-", "-", "-", "-"]),
        // Of another party's application: its scopes are about what it may know of the user, not about what it may do.
        Sample(
            profile: .supabase,
            payload: #"""
                {"sub":"user-uuid","role":"authenticated","aud":"authenticated","email":"user@example.com","client_id":"9a8b",
                "scope":"openid email","aal":"aal1","amr":[{"method":"anonymous","timestamp":1735815600}],"is_anonymous":true}
                """#,
            facts: ["user-uuid", "true", "-", "authenticated", "anonymous", "-", "-", "-", "-"]),
        Sample(
            profile: .clerk,
            payload:
                #"{"azp":"https://app","iss":"https://c","sub":"user_1","sid":"s","v":2,"o":{"id":"org_1","rol":"admin","slg":"acme"}}"#,
            facts: ["user_1", "-", "-", "admin", "-", "-", "-", "-", "https://app"]),
        Sample(
            profile: .firebase,
            payload: #"""
                {"iss":"https://securetoken.google.com/p","aud":"p","auth_time":1700000000,"user_id":"u1","sub":"u1",
                "iat":1700000000,"exp":1700003600,"email":"a@example.com","email_verified":false,
                "firebase":{"identities":{"email":["a@example.com"]},"sign_in_provider":"google.com","tenant":"t1"}}
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
