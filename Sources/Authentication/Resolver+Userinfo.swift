import Bytes
import JOSE

// What a token lacks, and its issuer's userinfo endpoint knows (contract section 22).
extension Resolver {
    /// Who is asked for what a token lacks; nil when it lacks nothing, or nobody is asked.
    func userinfo(for statement: MappedClaims, of issuer: IssuerID) -> AskedServer? {
        guard asksUserinfo, let userinfo = settings.userinfos.first(where: { $0.id == issuer }),
            userinfo.isNeeded(by: statement)
        else { return nil }
        return AskedServer(.userinfo, of: issuer)
    }

    /// What its issuer vouches for, of a token whose user it was asked about.
    func vouched(
        by userinfo: UserinfoServer, stating statement: MappedClaims, boundTo binding: KeyBinding?,
        until end: Timestamp,
        for age: Duration
    ) throws(ClaimsRefusal) -> VouchedClaims {
        guard let userID = statement.claims.text(at: statement.mapping.places.userID), !userID.isEmpty else {
            throw .claims(.userIDMissing)
        }
        var terms = CredentialTerms(statement, until: end)
        // An introspection endpoint need not say whose token it is.
        terms.issuer = Array(userinfo.name.utf8)
        return VouchedClaims(userID: userID, statement: statement, terms: terms, maximumAge: age, binding: binding)
    }
}
