extension WorldTable {
    /// Opaque tokens, JWTs that end with their session, and app sessions: their own records, and the offline grant.
    static let tokens = """
        # What is sent.
                                                  | token/cookie/app/jwt | valid u1             | valid u1 |
                                                  | token:lower/token:upper | valid u1          | valid u1 |
                                                  | token:spaces    | valid u1                  | nothing  | §2 Bearer and a token
                                                  | cookie:quoted/app:quoted | valid u1         | valid u1 |
                                                  | cookie:jwt      | valid u1                  | valid u1 |
                                                  | token:unknown/cookie:unknown/app:unknown | invalid not_found | nothing |
                                                  | basic/other/    | none                      | nothing  |
                                                  | jwt:late        | invalid expired           | nothing  |
                                                  | jwt:leeway      | valid u1                  | nothing  | §4.4 leeway
                                                  | jwt:audience    | invalid audience_unknown  | nothing  |
                                                  | jwt:forged      | invalid signature_wrong   | nothing  |
                                                  | jwt:jti         | invalid jti_unsuitable    | nothing  |
                                                  | jwt:subject     | invalid subject_mismatch  | valid u1 | §11 another user than sub
        # Their own records.
        -access                                   | token/cookie/jwt | invalid not_found        | nothing  |
        -app                                      | app             | invalid not_found         | nothing  |
        both{                                     | token/cookie/jwt/app | unknown record_unreadable | 500 |
        both!timedOut                             | token/cookie/jwt/app | unknown store_timed_out | 500   |
        both!notPrimary                           | token/app       | unknown store_not_primary | 500      |
        both.expire_at=now+1ns                    | token/cookie/jwt/app | valid u1             | valid u1 |
        both.expire_at=now                        | token/cookie/jwt/app | valid u1             | valid u1 |
        both.expire_at=now-1ns                    | token/cookie/app | invalid expired          | valid u1 | §9 past expire_at
        both.expire_at=now-1us                    | jwt             | invalid grant_expired     | valid u1 | §9 past expire_at
        both.expire_at=unset                      | token/jwt/app   | unknown record_unreadable | valid u1 | §13 with wrong members
        both.expire_at=absent                     | token/jwt/app   | unknown record_unreadable | valid u1 | §13 with wrong members
        both.expire_at="later"                    | token/jwt/app   | unknown record_unreadable | 500      |
        both.token_hash=#x                        | token/jwt/app   | unknown record_mismatched | valid u1 | §6 compared with what was asked for
        both.token_hash=absent                    | token/jwt/app   | unknown record_unreadable | valid u1 | §6 compared with what was asked for
        both.created_at=7                         | token/jwt/app   | valid u1                  | 500      | §9 what is not needed is passed over
        access.session_kind="client"              | token/cookie/jwt | unknown record_unreadable | 500     |
        access.session_kind=absent                | token/cookie/jwt | unknown record_unreadable | 500     |
        access.session_id=""                      | token/jwt       | unknown record_unreadable | nothing  | §13 with wrong members
        app.offline_grant_id=""                   | app             | unknown record_unreadable | nothing  | §13 with wrong members
        app.offline_grant_id=7                    | app             | unknown record_unreadable | 500      |
        app.offline_grant_id="g2"                 | app             | valid u2                  | valid u2 |
        access.session_id="g2"                    | token           | valid u2                  | valid u2 |
        access.session_id="g2"                    | jwt             | invalid subject_mismatch  | valid u2 | §11 another user than sub
        # The offline grant.
        -grant                                    | token/cookie/jwt/app | invalid session_not_found | nothing |
        grant{                                    | token/cookie/jwt/app | unknown record_unreadable | 500 |
        grant!disconnected                        | token/jwt/app   | unknown store_disconnected | 500     |
        grant=[]                                  | token/app       | unknown record_unreadable | 500      |
        grant.user_id=""                          | token/jwt/app   | unknown record_unreadable | false    | §13 with wrong members
        grant.user_id="u2"                        | token/app       | valid u2                  | valid u2 |
        grant.device_info={"x":[[[[[[[[]]]]]]]]}  | token/jwt/app   | valid u1                  | valid u1 |
        grant.created_at=now-364d+1ns             | token/jwt/app   | valid u1                  | valid u1 |
        grant.created_at=now-364d                 | token/jwt/app   | valid u1                  | valid u1 |
        grant.created_at=now-364d-1ns             | token/cookie/jwt/app | invalid session_expired | nothing |
        grant.created_at=now-364d-1us             | token/cookie/jwt/app | invalid session_expired | nothing |
        grant.created_at=unset                    | token/app       | unknown record_unreadable | nothing  | §13 with wrong members
        grant.last=now-30d+1ns                    | token/jwt/app   | valid u1                  | valid u1 |
        grant.last=now-30d                        | token/jwt/app   | valid u1                  | valid u1 |
        grant.last=now-30d-1ns                    | token/cookie/jwt/app | invalid session_idle | nothing  |
        grant.last=now-30d-1us                    | token/cookie/jwt/app | invalid session_idle | nothing  |
        grant.last=unset                          | token/cookie/jwt/app | invalid session_idle | nothing  |
        grant.access_info=absent                  | token/jwt/app   | invalid session_idle      | nothing  |
        grant.access_info=absent @noidle          | token/jwt/app   | valid u1                  | valid u1 |
        grant.created_at=now-364d-1ns @noidle     | token/app       | invalid session_expired   | nothing  |
        # Its client.
        @refuse                                   | token/jwt/app   | valid u1                  | valid u1 |
        grant.client_id="c9"                      | token/jwt/app   | valid u1                  | nothing  | §9 unlisted: allow
        grant.client_id="c9" @refuse              | token/cookie/jwt/app | invalid client_unlisted | nothing |
        grant.client_id=absent @refuse            | token/jwt/app   | invalid client_unlisted   | nothing  |
        grant.client_id="C1" @refuse              | token/app       | invalid client_unlisted   | nothing  |
        grant.rt.client_id="c9" @refuse           | token/app       | valid u1                  | valid u1 |
        grant.client_id="short" grant.created_at=now-60s | token/app | valid u1                 | valid u1 |
        grant.client_id="short" grant.created_at=now-60s-1ns | token/jwt/app | invalid session_expired | nothing |
        grant.client_id="short" grant.created_at=now-60s grant.last=unset | token/jwt/app | valid u1 | valid u1 |
        grant.client_id=7                         | token/app       | unknown record_unreadable | 500      |
        """

    /// Which of a grant's refresh tokens a credential was made with, and what it may do.
    static let refreshTokens = """
        # Gone, among others, rotated once (r>a) and twice (r>b: a is forgotten).
        grant.refresh_tokens=[]                   | token/cookie/jwt/app | invalid refresh_token_revoked | nothing |
        grant.refresh_tokens=null                 | token/app       | invalid refresh_token_revoked | nothing |
        grant.refresh_tokens=absent               | token/app       | invalid refresh_token_revoked | nothing |
        grant.refresh_tokens=[null]               | token/app       | invalid refresh_token_revoked | nothing |
        grant.refresh_tokens={}                   | token/app       | unknown record_unreadable | 500      |
        grant.rt.token_hash=7                     | token/app       | unknown record_unreadable | 500      |
        grant.refresh_tokens=tokens:x             | token/cookie/jwt/app | invalid refresh_token_revoked | nothing |
        grant.refresh_tokens=tokens:x,y>z         | token/app       | invalid refresh_token_revoked | nothing |
        grant.refresh_tokens=tokens:x,r           | token/cookie/jwt/app | valid u1             | valid u1 |
        grant.refresh_tokens=tokens:x,y,z,r       | token/app       | valid u1                  | valid u1 |
        grant.refresh_tokens=tokens:r>a           | token/cookie/jwt/app | valid u1             | valid u1 |
        grant.refresh_tokens=tokens:x,r>a         | token/app       | valid u1                  | valid u1 |
        grant.refresh_tokens=tokens:r>a both.refresh_token_hash=#a | token/jwt/app | valid u1   | valid u1 |
        grant.refresh_tokens=tokens:r>b           | token/app       | valid u1                  | valid u1 |
        grant.refresh_tokens=tokens:r>b both.refresh_token_hash=#a | token/jwt/app | invalid refresh_token_revoked | nothing |
        grant.refresh_tokens=tokens:r>b both.refresh_token_hash=#b | token/jwt/app | valid u1   | valid u1 |
        both.refresh_token_hash=^r                | token/app       | invalid refresh_token_revoked | nothing |
        # What is not looked at.
        grant.rt.expire_at=now-1d                 | token/jwt/app   | valid u1                  | valid u1 |
        grant.rt.access_info=null                 | token/jwt/app   | valid u1                  | valid u1 |
        grant.rt.dpop_jkt="x"                     | token/jwt/app   | valid u1                  | valid u1 |
        # No hash: the grant itself.
        both.refresh_token_hash=""                | token/cookie/jwt | valid u1                 | valid u1 |
        both.refresh_token_hash=null              | token/jwt       | valid u1                  | valid u1 |
        both.refresh_token_hash=absent            | token/jwt       | valid u1                  | valid u1 |
        both.refresh_token_hash="" grant.refresh_tokens=[] | token  | valid u1                  | valid u1 |
        both.refresh_token_hash=""                | app             | invalid unauthorized      | nothing  |
        both.refresh_token_hash=absent            | app             | invalid unauthorized      | nothing  |
        both.refresh_token_hash="" grant.scopes=full | app          | invalid unauthorized      | nothing  |
        both.refresh_token_hash="" grant.scopes=full grant.authz_id="z" | token/app | valid u1  | valid u1 |
        both.refresh_token_hash="" grant.authz_id="z" | app         | unknown scope_undecided   | valid u1 | §9 without an endpoint
        both.refresh_token_hash="" grant.authz_id="z" @asked | app  | valid u1                  | valid u1 |
        both.refresh_token_hash="" grant.authz_id="z" | token       | valid u1                  | nothing  | §9 an authorization revoked in SQL
        # The top level's hash, from before there were several.
        grant.token_hash=#r grant.refresh_tokens=null | token/cookie/jwt | valid u1             | valid u1 |
        grant.token_hash=#r grant.refresh_tokens=null grant.scopes=full grant.authz_id="z" | token/app | valid u1 | valid u1 |
        grant.token_hash=#r grant.refresh_tokens=null grant.scopes=full | app | invalid unauthorized | nothing |
        grant.token_hash=#r grant.refresh_tokens=null | app         | invalid unauthorized      | nothing  |
        grant.token_hash=#r grant.refresh_tokens=null @asked | app  | invalid unauthorized      | nothing  |
        grant.token_hash=#r                       | app             | invalid unauthorized      | nothing  |
        grant.token_hash=#x                       | token/app       | valid u1                  | valid u1 |
        # Without full access, as far as the record knows.
        grant.refresh_tokens=tokens:r-            | token/cookie/jwt | valid u1                 | valid u1 |
        grant.refresh_tokens=tokens:r-            | app             | unknown scope_undecided   | valid u1 | §9 without an endpoint
        grant.refresh_tokens=tokens:r-            | app             | unknown scope_undecided   | nothing  | §9 without an endpoint
        grant.refresh_tokens=tokens:r- @asked     | app             | valid u1                  | valid u1 |
        grant.refresh_tokens=tokens:r- @asked     | app             | invalid refused_by_authgear | nothing |
        grant.refresh_tokens=tokens:r- @asked     | app             | unknown authgear_refused  | 500      |
        grant.refresh_tokens=tokens:r- @asked     | app             | unknown authgear_refused  | valid u2 | §10 another user's than the session's
        grant.refresh_tokens=tokens:r-,x          | app             | unknown scope_undecided   | nothing  | §9 without an endpoint
        grant.refresh_tokens=tokens:r-,r          | app             | unknown scope_undecided   | nothing  | §9 without an endpoint
        grant.refresh_tokens=tokens:x-,r          | app             | valid u1                  | valid u1 |
        grant.rt.scopes=null                      | app             | unknown scope_undecided   | nothing  | §9 without an endpoint
        grant.rt.scopes=null                      | token/jwt       | valid u1                  | valid u1 |
        grant.rt.scopes="x"                       | token/app       | unknown record_unreadable | 500      |
        """

    /// Grants that end with an IdP session, and access tokens of one.
    static let singleSignOn = """
        # Single sign-on.
        sso                                       | token/cookie/jwt/app | valid u1             | valid u1 |
        sso -session                              | token/cookie/jwt/app | invalid sso_ended    | nothing  |
        sso session{                              | token/jwt/app   | unknown record_unreadable | 500      |
        sso session!timedOut                      | token/jwt/app   | unknown store_timed_out   | 500      |
        sso session.created_at=now-364d           | token/jwt/app   | valid u1                  | valid u1 |
        sso session.created_at=now-364d-1ns       | token/cookie/jwt/app | invalid sso_ended    | nothing  |
        sso session.last=now-30d                  | token/jwt/app   | valid u1                  | valid u1 |
        sso session.last=now-30d-1ns              | token/cookie/jwt/app | invalid sso_ended    | nothing  |
        sso session.last=unset                    | token/jwt/app   | invalid sso_ended         | nothing  |
        sso session.last=unset @noidle            | token/jwt/app   | valid u1                  | valid u1 |
        sso session.token_hash=""                 | token/jwt/app   | valid u1                  | valid u1 |
        grant.sso_enabled=true                    | token/cookie/jwt/app | invalid sso_ended    | nothing  |
        grant.sso_enabled=true grant.idp_session_id="" | token/jwt/app | invalid sso_ended      | nothing  |
        grant.sso_enabled=true grant.idp_session_id=null | token/app | invalid sso_ended        | nothing  |
        grant.sso_enabled=true grant.idp_session_id="s2" | token/app | valid u1                 | valid u1 |
        grant.sso_enabled="true"                  | token/app       | unknown record_unreadable | 500      |
        grant.idp_session_id="s1" -session        | token/cookie/jwt/app | valid u1             | valid u1 |
        grant.idp_session_id="s1" session{        | token/app       | valid u1                  | valid u1 |
        sso grant.sso_enabled=false -session      | token/app       | valid u1                  | valid u1 |
        sso -grant                                | token/app       | invalid session_not_found | nothing  |
        sso grant.refresh_tokens=[]               | token/app       | invalid refresh_token_revoked | nothing |
        sso grant.refresh_tokens=tokens:r- -session @asked | app    | invalid sso_ended         | nothing  |
        # An access token of an IdP session: its secret and refresh tokens play no part.
        idp                                       | token/cookie/jwt | valid u1                 | valid u1 |
        idp -grant                                | token/jwt       | valid u1                  | valid u1 |
        idp access.refresh_token_hash=#x          | token/jwt       | valid u1                  | valid u1 |
        idp session.token_hash=""                 | token/jwt       | valid u1                  | valid u1 |
        idp -session                              | token/cookie/jwt | invalid session_not_found | nothing |
        idp session{                              | token/cookie/jwt | unknown record_unreadable | 500     |
        idp session.created_at=now-364d           | token/jwt       | valid u1                  | valid u1 |
        idp session.created_at=now-364d-1ns       | token/cookie/jwt | invalid session_expired  | 500      | §9 not expired
        idp session.last=now-30d                  | token/jwt       | valid u1                  | valid u1 |
        idp session.last=now-30d-1ns              | token/cookie/jwt | invalid session_idle     | valid u1 | §9 not expired
        idp session.last=unset                    | token/jwt       | invalid session_idle      | valid u1 | §9 not expired
        idp session.last=unset @noidle            | token/jwt       | valid u1                  | valid u1 |
        idp access.expire_at=now-1ns              | token/cookie    | invalid expired           | valid u1 | §9 past expire_at
        idp                                       | token           | valid u1                  | nothing  | §9 an authorization revoked in SQL
        """

    /// Requests with several credentials, of different persons.
    static let several = """
        # The order in which they are tried is not that in which they come.
                                                  | token app2 cookie3 session4 | valid u1      | valid u1 |
                                                  | jwt session4 cookie3 app2 | valid u1        | valid u1 |
                                                  | session4 cookie3 app2 token:unknown | valid u2 | valid u2 |
                                                  | session4 cookie3 app:unknown token:unknown | valid u3 | valid u3 |
                                                  | token:unknown app:unknown cookie:unknown session4 | valid u4 | valid u4 |
                                                  | token:unknown app:unknown cookie:unknown session:unknown | invalid not_found | false |
                                                  | token:unknown app:unknown cookie:unknown | invalid not_found | nothing |
                                                  | jwt:forged session2 | valid u2              | valid u2 |
                                                  | jwt:late cookie2:jwt | valid u2             | valid u2 |
                                                  | basic session2  | valid u2                  | valid u2 |
                                                  | other session2  | valid u2                  | valid u2 |
        # One of them is not good: the next is tried.
        -grant                                    | token app2      | valid u2                  | valid u2 |
        -grant                                    | app cookie2 session3 | valid u2             | valid u2 |
        grant.last=now-30d-1ns                    | jwt session2    | valid u2                  | valid u2 |
        sso -session                              | token session2  | valid u2                  | valid u2 |
        -session                                  | session app2    | valid u2                  | valid u2 |
        both.refresh_token_hash=#x                | app cookie2     | valid u2                  | valid u2 |
        both.refresh_token_hash=#x                | app session:secret | invalid                | false    |
        both.expire_at=now-1ns                    | token session2  | valid u2                  | valid u1 | §9 past expire_at
        grant.client_id="c9"                      | token session2  | valid u1                  | valid u2 | §9 unlisted: allow
        grant.client_id="c9" @refuse              | token session2  | valid u2                  | valid u2 |
        # One of them can't be told: the next is tried, too.
        grant{                                    | token session2  | valid u2                  | 500      | §2 the first that is valid wins
        both!timedOut                             | app cookie2     | valid u2                  | 500      | §2 the first that is valid wins
        -user                                     | token session2  | valid u2                  | valid u1 | §2 the first that is valid wins
        -user @asked                              | token session2  | valid u1                  | valid u1 |
        grant.refresh_tokens=tokens:r-            | app session2    | valid u2                  | valid u1 | §2 the first that is valid wins
        grant{                                    | token session:unknown | unknown record_unreadable | 500 |
        grant{                                    | session:unknown app | unknown record_unreadable | 500 |
        access!timedOut app{                      | token app session:unknown | unknown store_timed_out | 500 |
        session{                                  | token:unknown app:unknown session | unknown record_unreadable | 500 |
        session{                                  | token2 session  | valid u2                  | valid u2 |
        # A user is disabled: Authgear tries no other.
        user.disabled=true                        | session token2  | valid u2                  | valid u2 |
        user.disabled=true                        | token session2  | valid u2                  | false    | §2 the first that is valid wins
        user.disabled=true user2.disabled=true    | token session2  | invalid user_disabled     | false    |
        # Several cookies of one name: Authgear reads the first.
                                                  | session session2 | valid u1                 | valid u1 |
                                                  | session:unknown session2 | valid u2         | false    | §2 up to four times
                                                  | session:nodot session:quoted | valid u1     | false    | §2 up to four times
                                                  | session:unknown session:secret session:dots session | valid u1 | false | §2 up to four times
                                                  | session:unknown session:unknown session:unknown session:unknown session | invalid not_found | false |
                                                  | app:unknown app | valid u1                  | nothing  | §2 up to four times
                                                  | app:unknown app session2 | valid u1         | valid u2 | §2 up to four times
                                                  | cookie:unknown cookie:jwt | valid u1        | nothing  | §2 up to four times
        session{                                  | session session2 | valid u2                 | 500      | §2 up to four times
        """
}
