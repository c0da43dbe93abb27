import Bytes
package import JOSE

/// What a resolver decides by: one snapshot, which `Resolver.adopt(_:)` replaces whole.
package struct ResolverSettings: Sendable {
    package var issuers: [TrustedIssuer]
    /// One per issuer, as `IssuerRegistry` gives them; the key ring has the keys under the same.
    package var issuerIDs: [IssuerID]
    /// Longer tokens are refused unread (`limits.token_bytes`).
    package var maximumTokenBytes: Int
    /// Nil when there is no session store.
    package var sessions: SessionRules?
    /// Nil when Authgear is never asked.
    package var authgear: AuthgearRules?
    /// What stands before the names of the cookies that are credentials.
    package var cookiePrefix: String
    /// Nil: as the format's compatibility has it.
    package var clearingCookie: ClearingCookie?
    package var format: AnswerFormat
    /// At most 64; no two have the same name.
    package var accessPolicies: [AccessPolicy]
    /// The scopes that sessions have, as far as access policies ask (`sessions.scopes`).
    package var sessionScopes: [[UInt8]]
    /// What every challenge states.
    package var challenge: Challenge
    /// What bearer tokens are looked up in first that are no JWTs; nil: no API tokens are known.
    package var apiTokens: APITokenList?
    /// When cookies may be used; nil: in every request.
    package var csrf: CSRFRules?
    /// Where browsers are told to log in; nil: nowhere.
    package var login: LoginRules?
    /// By what valid answers are signed for backends; nil: they are not.
    package var assertion: AssertionSigner?
    /// Which proofs of possession are taken for tokens that are bound to a key; nil: none.
    package var dpop: DPoPRules?
    /// How the client's certificate comes, for tokens that are bound to one; nil: it does not.
    package var clientCertificate: ClientCertificateRules?
    /// What gateways need beside the headers that have a value.
    package var delivery: DeliveryRules
    /// Whose introspection endpoints are asked, in the order in which they are looked at.
    package var introspectors: [Introspector]
    /// Whose userinfo endpoints are asked for what tokens lack.
    package var userinfos: [UserinfoServer]
    /// The cookies whose sessions other servers know, in the order in which they are tried; no two have the same name.
    package var cookieServers: [CookieServer]
    package var caches: CacheRules
    /// How long a decision may take (`limits.decision_timeout`): who keeps to that is in charge, and so old a request may be when it is
    /// judged.
    package var decisionTimeout: Duration
    /// Whether each refusal is noted, for the log.
    package var notesRefusals: Bool

    /// - Parameter issuerIDs: nil: the numbers from zero on.
    package init(
        issuers: [TrustedIssuer], issuerIDs: [IssuerID]? = nil, maximumTokenBytes: Int,
        sessions: SessionRules?, authgear: AuthgearRules? = nil, cookiePrefix: String = "",
        clearingCookie: ClearingCookie? = nil, format: AnswerFormat,
        accessPolicies: [AccessPolicy] = [], sessionScopes: [[UInt8]] = [], challenge: Challenge = Challenge(),
        apiTokens: APITokenList? = nil, csrf: CSRFRules? = nil, login: LoginRules? = nil,
        assertion: AssertionSigner? = nil, dpop: DPoPRules? = nil,
        clientCertificate: ClientCertificateRules? = nil, delivery: DeliveryRules = DeliveryRules(),
        introspectors: [Introspector] = [], userinfos: [UserinfoServer] = [], cookieServers: [CookieServer] = [],
        caches: CacheRules, decisionTimeout: Duration = .seconds(4),
        notesRefusals: Bool = false
    ) {
        self.issuers = issuers
        self.issuerIDs = issuerIDs ?? IssuerID.first(count: issuers.count)
        self.maximumTokenBytes = maximumTokenBytes
        self.sessions = sessions
        self.authgear = authgear
        self.cookiePrefix = cookiePrefix
        self.clearingCookie = clearingCookie
        self.format = format
        self.accessPolicies = accessPolicies
        self.sessionScopes = sessionScopes
        self.challenge = challenge
        self.apiTokens = apiTokens
        self.csrf = csrf
        self.login = login
        self.assertion = assertion
        self.dpop = dpop
        self.clientCertificate = clientCertificate
        self.delivery = delivery
        self.introspectors = Introspector.ordered(introspectors)
        (self.userinfos, self.cookieServers) = (userinfos, cookieServers)
        self.caches = caches
        self.decisionTimeout = decisionTimeout
        self.notesRefusals = notesRefusals
    }

    var verifier: TokenVerifier {
        TokenVerifier(
            issuers: issuers, ids: issuerIDs, maximumTokenBytes: maximumTokenBytes, provableBy: proofMethods)
    }

    /// How a token's sender can prove that he has its keys.
    var proofMethods: KeyBinding.Methods {
        var methods: KeyBinding.Methods = []
        if dpop != nil { methods.insert(.proof) }
        if clientCertificate != nil { methods.insert(.certificate) }
        return methods
    }

    func standardAnswers(by renderer: any ResponseRenderer) -> StandardAnswers {
        let clearing = clearingCookie ?? (format.compatibility == .authgear ? ClearingCookie() : nil)
        return StandardAnswers(
            format.compatibility, clearing: clearing.map { $0.value(prefix: cookiePrefix) },
            challenge: challenge.stating(dpop), delivery: delivery,
            by: renderer)
    }

    func policyAnswers(by renderer: any ResponseRenderer) -> PolicyAnswers {
        PolicyAnswers(
            accessPolicies, challenge: challenge.stating(dpop), completion: delivery.completion, by: renderer)
    }

    /// Whether something is added to answers whatever was asked.
    var concludes: Bool { login != nil || assertion != nil || delivery.concludes }

    /// Who is asked over HTTP, as questions are counted.
    var askedServers: [AskedServer.Purpose: [String]] {
        [
            .introspection: introspectors.map(\.name), .userinfo: userinfos.map(\.name),
            .cookie: cookieServers.map(\.name),
        ]
    }

    /// Whose servers are asked.
    var askedIssuers: Set<IssuerID> {
        Set(introspectors.map(\.id) + userinfos.map(\.id) + cookieServers.map(\.id))
    }

    /// In memory of their own.
    var otherCookieNames: [[UInt8]] { cookieServers.map { Array($0.cookie.utf8) } }

    /// Whether the same answers are given for the same identities.
    func writesAnswers(like other: ResolverSettings) -> Bool {
        format == other.format && accessPolicies == other.accessPolicies && sessionScopes == other.sessionScopes
            && assertion == other.assertion
    }

    /// Whether the same tokens are verified, on the same terms.
    func verifiesTokens(like other: ResolverSettings) -> Bool {
        issuers == other.issuers && issuerIDs == other.issuerIDs && maximumTokenBytes == other.maximumTokenBytes
            && proofMethods == other.proofMethods
    }

    /// Whether the same records, or the same words of Authgear's, give the same answers for as long.
    func judgesSessions(like other: ResolverSettings) -> Bool {
        sessions == other.sessions && caches.sessionMaximumAge == other.caches.sessionMaximumAge
            && authgear?.judgement == other.authgear?.judgement
    }
}

extension AuthgearRules {
    /// The rules that an answer may rest on: those for what is asked in the background alone are made equal.
    fileprivate var judgement: AuthgearRules {
        var rules = self
        rules.touchAfter = nil
        rules.shadowShare = 0
        return rules
    }
}
