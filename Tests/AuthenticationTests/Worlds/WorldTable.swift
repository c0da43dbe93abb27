/// Worlds, requests, and what they come to: here (`headers.compat: spec`), and at Authgear, whose answers
/// `compat: authgear` gives in every row that states no clause of the contract (`§6` is its section 6).
///
/// The **world** is all right for four persons, u1 to u4, but for its words. Records are `access` (of the opaque token, and of
/// the JWT that ends with its session), `app` (of the app session), both of them `both`, `grant`, `session`, `user` and `bearer`
/// (that user's other record, which is not there at first); those of another person have a number, such as `grant2`.
///
/// | word | means |
/// | --- | --- |
/// | `-grant`, `+bearer` | there is no such record; there is one |
/// | `grant{`, `grant!timedOut` | it was not written to its end; the store can't tell it |
/// | `grant.a.b=`V, `grant=`V | a member is, or the whole record is, V: raw JSON without blanks or one of the next rows |
/// | `absent`, `unset`, `now-1d-1ns` | no member; Go's zero time; a time, in nanoseconds |
/// | `#x`, `^x` | the hash of x, and the same in upper case |
/// | `full`, `long`, `all`, `three` | scopes with full access; 300 roles; all claims about the user, or three of the four |
/// | `tokens:a,b>c,d-` | refresh tokens with these initial hashes; b was rotated to c, d lacks full access |
/// | `last`, `rt`, `user_id`, `claims`, `stale`, `disabled` | members: `access_info.last_access.time`, `refresh_tokens.0`, … |
/// | `idp`, `sso` | the access grant is the IdP session's; the offline grant ends with the IdP session |
/// | `@noidle`, `@refuse`, `@partial`, `@asked` | settings; with `@asked` there is Authgear, and says what its column says |
///
/// Times are those of Authgear's defaults: 364 days, 30 days idle. Clients `c1` (every grant's) and `short` (60 s, never idle)
/// are listed; `both` names the refresh token `r`.
///
/// **Requests** between `/` come to the same. They are of `token` (in `Authorization`), `jwt`, `app`, `cookie`
/// (`app_access_token`) and `session`, cookies in this order; a number is a person's, a word behind `:` is what is odd about it.
///
/// **Outcomes**: `valid u1 -roles` is valid with every header but that; `invalid` and `unknown` say their reason. Authgear's:
/// `false` is invalid, `nothing` is an answer without headers, which it gives to bad tokens (§12), and `500`, for which here
/// is `unknown` (§3).
enum WorldTable {
    static let rows: [WorldRow] = {
        do {
            return try [sessions, users, tokens, refreshTokens, singleSignOn, several].flatMap { table in
                try table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(WorldRow.init)
            }
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// The `session` cookie and its record.
    private static let sessions = """
        # Its value.
                                                  | session         | valid u1                  | valid u1 |
                                                  | session:quoted  | valid u1                  | valid u1 |
                                                  | session:secret  | invalid wrong_secret      | false    |
                                                  | session:unknown | invalid not_found         | false    |
                                                  | session:nodot   | invalid malformed_cookie  | false    |
                                                  | session:dots    | invalid malformed_cookie  | false    |
                                                  | session:noid    | invalid malformed_cookie  | false    |
        # Its record, and the hash in it.
        -session                                  | session         | invalid not_found         | false    |
        session{                                  | session         | unknown record_unreadable | 500      |
        session=[]                                | session         | unknown record_unreadable | 500      |
        session=7                                 | session         | unknown record_unreadable | 500      |
        session!timedOut                          | session         | unknown store_timed_out   | 500      |
        session!disconnected                      | session         | unknown store_disconnected | 500     |
        session!refused                           | session         | unknown store_refused     | 500      |
        session.token_hash=""                     | session         | invalid wrong_secret      | false    |
        session.token_hash=absent                 | session         | invalid wrong_secret      | false    |
        session.token_hash=null                   | session         | invalid wrong_secret      | false    |
        session.token_hash=#s2.secret             | session         | invalid wrong_secret      | false    |
        session.token_hash=^s1.secret             | session         | invalid wrong_secret      | false    |
        session.token_hash=7                      | session         | unknown record_unreadable | 500      |
        # Its lifetime.
        session.created_at=now-364d+1ns           | session         | valid u1                  | valid u1 |
        session.created_at=now-364d               | session         | valid u1                  | valid u1 |
        session.created_at=now-364d-1ns           | session         | invalid expired           | false    |
        session.created_at=now-364d-1us           | session         | invalid expired           | false    |
        session.created_at=now+1d                 | session         | valid u1                  | valid u1 |
        session.created_at="2025-11-22T13:10:00+08:00" | session    | valid u1                  | valid u1 |
        session.created_at="2025-11-22T13:09:59+08:00" | session    | invalid expired           | false    |
        session.created_at=1795237800             | session         | unknown record_unreadable | 500      |
        session.created_at="yesterday"            | session         | unknown record_unreadable | 500      |
        session.created_at=absent                 | session         | unknown record_unreadable | false    | §6 isn't what it should be
        session.created_at=unset                  | session         | unknown record_unreadable | false    | §6 isn't what it should be
        # Its last access.
        session.last=now-30d+1ns                  | session         | valid u1                  | valid u1 |
        session.last=now-30d                      | session         | valid u1                  | valid u1 |
        session.last=now-30d-1ns                  | session         | invalid idle              | false    |
        session.last=now-30d-1us                  | session         | invalid idle              | false    |
        session.last=unset                        | session         | invalid idle              | false    |
        session.last=absent                       | session         | invalid idle              | false    |
        session.access_info=absent                | session         | invalid idle              | false    |
        session.access_info=null                  | session         | invalid idle              | false    |
        session.access_info=[]                    | session         | unknown record_unreadable | 500      |
        session.last=now-300d @noidle             | session         | valid u1                  | valid u1 |
        session.access_info=absent @noidle        | session         | valid u1                  | valid u1 |
        session.created_at=now-364d-1ns @noidle   | session         | invalid expired           | false    |
        session.created_at=now-365d session.last=now-31d | session  | invalid expired           | false    |
        # What else is in it.
        session.id="s2"                           | session         | unknown record_mismatched | false    | §6 compared with what was asked for
        session.id=absent                         | session         | unknown record_unreadable | false    | §6 compared with what was asked for
        session.user_id=""                        | session         | unknown record_unreadable | false    | §6 isn't what it should be
        session.attrs=null                        | session         | unknown record_unreadable | false    | §6 isn't what it should be
        session.user_id=7                         | session         | unknown record_unreadable | 500      |
        session.user_id="u\\n1"                   | session         | invalid header_unprintable | false   |
        session.claims=null                       | session         | valid u1 -amr             | valid u1 |
        session.app_id="my-project"               | session         | valid u1                  | valid u1 |
        session.participated_saml_service_provider_ids=["x"] | session | valid u1              | valid u1 |
        session.more=[[[[{}]]]]                   | session         | valid u1                  | valid u1 |
        session.access_info.initial_access=7      | session         | valid u1                  | 500      | §9 what is not needed is passed over
        session.token_hash=absent session.Token_Hash=#s1.secret | session | invalid wrong_secret | valid u1 | §6 as Authgear writes them
        """

    /// The user, and what Authgear has cached of it.
    private static let users = """
        # The record is missing: Authgear asks its database.
        -user                                     | session/token/app/cookie/jwt | unknown user_missing | valid u1 | §10.1 without an endpoint
        -user @asked                              | session/token/app/cookie/jwt | valid u1       | valid u1 |
        -user @asked                              | session         | invalid refused_by_authgear | false  |
        -user @asked                              | session         | unknown authgear_refused  | 500      |
        -user @asked                              | session         | unknown authgear_refused  | valid u2 | §10 another user's than the session's
        -user @partial                            | session/token   | valid u1 -anonymous -verified -reauthenticate -roles | valid u1 | §6 missing_user
        -user session.claims=all                  | session         | valid u1                  | valid u1 |
        -user grant.claims=all                    | token/app       | valid u1                  | valid u1 |
        -user session.claims=three                | session         | unknown user_missing      | valid u1 | §10.1 without an endpoint
        # The other record.
        -user +bearer                             | session/token/app/cookie/jwt | valid u1     | valid u1 |
        -user +bearer bearer.stale=now            | session         | unknown user_missing      | valid u1 | §10.1 without an endpoint
        -user +bearer bearer{                     | session/token   | unknown record_unreadable | valid u1 | §9 read where the first is missing
        -user bearer!timedOut                     | session         | unknown store_timed_out   | valid u1 | §9 read where the first is missing
        -user +bearer bearer.disabled=true        | session         | invalid user_disabled     | false    |
        +bearer bearer.disabled=true              | session/token   | valid u1                  | valid u1 |
        +bearer bearer{                           | session/token   | valid u1                  | valid u1 |
        # It is stale from a moment on.
        user.stale=now+1us                        | session/token   | valid u1                  | valid u1 |
        user.stale=now                            | session/token   | unknown user_missing      | valid u1 | §6 counts as missing
        user.stale=now-1ns                        | session/token   | unknown user_missing      | valid u1 | §6 counts as missing
        user.stale=now @asked                     | session/token   | valid u1                  | valid u1 |
        user.stale=now +bearer                    | session/app     | valid u1                  | valid u1 |
        user.stale=now +bearer bearer.stale=now   | session         | unknown user_missing      | valid u1 | §6 counts as missing
        user.stale=unset                          | session         | valid u1                  | valid u1 |
        user.stale="soon"                         | session         | unknown record_unreadable | 500      |
        user.disabled=true user.stale=now         | session         | unknown user_missing      | false    | §6 counts as missing
        # The user is disabled.
        user.disabled=true                        | session         | invalid user_disabled     | false    |
        user.disabled=true                        | token/app/cookie/jwt | invalid user_disabled | false   | §12 no session cookie contributed
        user.disabled=true                        | token session:unknown | invalid             | false    |
        user.disabled=null                        | session         | valid u1                  | valid u1 |
        user.disabled=1                           | session         | unknown record_unreadable | 500      |
        # The record is not what it should be.
        user{                                     | session/token/app/cookie/jwt | unknown record_unreadable | 500 |
        user{ +bearer                             | session         | unknown record_unreadable | 500      |
        user!refused                              | session/token   | unknown store_refused     | 500      |
        user.user=null                            | session         | unknown record_unreadable | 500      |
        user.user=absent                          | session         | unknown record_unreadable | 500      |
        user.user.id="u2"                         | session/token   | unknown record_mismatched | valid u1 | §6 compared with what was asked for
        user.user.id=absent                       | session         | unknown record_unreadable | valid u1 | §6 compared with what was asked for
        user.user.is_verified="yes"               | session         | unknown record_unreadable | 500      |
        user.user.is_anonymous=absent             | session         | valid u1 -anonymous       | valid u1 | §3 left out, not guessed
        user.identities=7                         | session         | valid u1                  | 500      | §9 what is not needed is passed over
        # Its roles.
        user.effective_role_keys=[]               | session/token   | valid u1 -roles           | valid u1 -roles |
        user.effective_role_keys=null             | session/token   | valid u1 -roles           | valid u1 -roles |
        user.effective_role_keys=absent           | session/token   | valid u1 -roles           | valid u1 -roles |
        user.effective_role_keys="x"              | session/token   | unknown record_unreadable | 500      |
        user.effective_role_keys=["a,b"]          | session/token   | invalid header_holds_separator | valid u1 | §3 can't break out of its header
        user.effective_role_keys=long             | session/token   | unknown answer_too_long   | valid u1 | §3 too long
        """
}
