package import Bytes
package import JOSE

/// Takes one event loop's requests and gives each its answer, or the one effect that the answer must wait for.
///
/// Takes values: the request's fields, the key ring, the time. Gives values: an `Answer`, or a `Parked` request with
/// what it needs. Imports Bytes and JOSE; there is no I/O, no clock and no logger here.
package struct Resolver: ~Copyable {
    /// What is decided by; replaced whole.
    var settings: ResolverSettings
    /// The keys that tokens are verified with; replaced whole when a set changed.
    var keys: KeyRing
    /// The front that answers are made for, and kept in the bytes of.
    let renderer: any ResponseRenderer
    /// What evidence is held against; follows from the settings and the keys.
    var policies = CurrentPolicies()
    /// The settings' issuers, and the header that was read last.
    var verifier: TokenVerifier
    /// The settings' names of cookies, in memory that no other event loop counts references to.
    var cookieNames: CookieNames
    var standardAnswers: StandardAnswers
    var policyAnswers: PolicyAnswers
    /// The access policies' places, by their names.
    var policyNames: PolicyNames
    /// Answers of JWTs.
    var tokenAnswers: AnswerCache
    /// Answers of everything else.
    var sessionAnswers: AnswerCache
    var refusedTokens: RefusedTokens
    var verifiedGrants: VerifiedGrants
    /// The keys that there are.
    var signers: Set<SignerID> = []
    var memory: RecordMemory
    var chains = KnownChains()
    /// Up to when, on the steady clock, credentials are invalid that Authgear called so, in place of a store.
    var refusedByAuthgear: SieveCache<Int64>
    /// When sessions may be touched again, on the steady clock.
    var touches = SieveCache<Int64>(bound: CacheRules.touches)
    var backgroundQuestions: [BackgroundQuestion] = []
    var backgroundClaims: [AskedClaims] = []
    /// Whether Authgear is.
    var asksAuthgear: Bool
    /// Whether any introspection endpoint is asked.
    var introspects: Bool
    /// Whether something is added to answers whatever was asked.
    var concludes: Bool
    /// Whether any userinfo endpoint is.
    var asksUserinfo: Bool
    /// The names of the cookies whose sessions other servers know, in the order of the servers.
    var otherCookieNames: [[UInt8]]
    /// The servers, in the same order.
    var otherCookieIssuers: [IssuerID]
    /// Nil when Authgear's answers are not compared with ours.
    var shadow: ShadowSampler?
    /// How often which header was not the same since somebody asked, by its place in `ShadowTally.headers`.
    var shadowDifferences: [Int: Int] = [:]
    /// What was last answered for a session of which both records were read.
    var lastAnswer: SharedAnswer?
    /// Nil when none are configured.
    var apiTokens: ListedTokens?
    /// Keys that good proofs were made with, by the proofs' headers.
    var proofKeys = SieveCache<ProofKey>(bound: CacheRules.proofKeys)
    /// Which proofs were used, in all of the process.
    let replays: (any ReplayMemory)?
    /// The same where there is one event loop alone.
    var ownReplays = ReplayCache()
    /// How many answers of bound tokens there were so far, whether their senders proved that they have the keys or not.
    var boundAnswers = 0
    /// Refusals and unknowns so far.
    package var tally: Tally
    /// How many signatures were verified so far: the one thing here that is dear.
    package internal(set) var signatures = 0
    /// What was too long since somebody asked; nil while nothing was.
    private var longAnswers: LongAnswers?

    /// - Parameters:
    ///   - keys: nil: none of any issuer's yet.
    ///   - renderer: the front's, by which verdicts become answers.
    ///   - replays: which proofs were used, as all event loops know; nil: there is no other one.
    package init(
        _ settings: ResolverSettings, keys: KeyRing? = nil, renderer: any ResponseRenderer,
        replays: (any ReplayMemory)? = nil
    ) {
        let keys = keys ?? .empty(settings.issuerIDs)
        let caches = settings.caches
        self.settings = settings
        self.keys = keys
        verifier = settings.verifier
        cookieNames = CookieNames(prefix: settings.cookiePrefix)
        self.renderer = renderer
        self.replays = replays
        standardAnswers = settings.standardAnswers(by: renderer)
        policyAnswers = settings.policyAnswers(by: renderer)
        policyNames = PolicyNames(settings.accessPolicies)
        tally = Tally(takesNotes: settings.notesRefusals)
        tally.setPolicies(settings.accessPolicies.map(\.name))
        tally.setServers(settings.askedServers)
        tokenAnswers = AnswerCache(bound: caches.tokens)
        sessionAnswers = AnswerCache(bound: caches.sessions)
        refusedTokens = RefusedTokens(besideAnswersOf: caches.tokens)
        verifiedGrants = VerifiedGrants(besideAnswersOf: caches.tokens)
        memory = RecordMemory(
            watches: RecordWatches(records: caches.watchedRecords),
            users: KnownUsers(
                bound: caches.users, timeout: settings.authgear?.timeout ?? .zero,
                maximumStale: settings.authgear?.userMaximumStale ?? .zero))
        refusedByAuthgear = SieveCache(bound: CacheRules.refusedTokens)
        asksAuthgear = settings.authgear != nil
        (introspects, asksUserinfo) = (!settings.introspectors.isEmpty, !settings.userinfos.isEmpty)
        otherCookieNames = settings.otherCookieNames
        otherCookieIssuers = settings.cookieServers.map(\.id)
        concludes = settings.concludes
        apiTokens = settings.apiTokens.map(ListedTokens.init)
        shadow = settings.authgear.flatMap { ShadowSampler(share: $0.shadowShare) }
        signers = keys.signers
        policies.set(keys, configured: settings.issuerIDs)
    }

    /// Whether anything can look credentials up that are no JWTs.
    var looksUp: Bool { settings.sessions != nil || settings.authgear?.isStore == true }

    /// Decides on a request: the first credential that is valid wins.
    ///
    /// - Parameters:
    ///   - request: what the request says; its places are offsets in `head`.
    ///   - head: the bytes of the request head.
    package mutating func resolve(_ request: ResolveRequest, in head: RawSpan, now: Moment) -> Step {
        // What most requests are: nothing beside the credentials bears on their answers.
        guard request.policy != nil || concludes || shadow != nil else {
            guard request.fields.mayPresent else {
                return .answer(standardAnswers.answer(to: request.endpoint, findings: Findings()))
            }
            return decide(request, in: head, now: now)
        }
        switch answer(request, in: head, now: now) {
        case .answer(var answer):
            conclude(&answer, to: request, in: head, now: now)
            return .answer(answer)
        case .wait(let effect, let parked):
            parked.state.asked = context(of: request, in: head)
            return .wait(for: effect, parked)
        }
    }

    private mutating func answer(_ request: ResolveRequest, in head: RawSpan, now: Moment) -> Step {
        guard shadow != nil, let question = shadowQuestion(request, in: head) else {
            return decide(request, in: head, now: now)
        }
        let before = boundAnswers
        switch decide(request, in: head, now: now) {
        case .answer(let answer):
            if boundAnswers == before { shadow(answer, by: question) }
            return .answer(answer)
        case .wait(let effect, let parked):
            parked.state.shadow = boundAnswers == before ? question : nil
            return .wait(for: effect, parked)
        }
    }

    @inline(__always)
    private mutating func decide(_ request: ResolveRequest, in head: RawSpan, now: Moment) -> Step {
        var findings = Findings()
        // The token comes first in precedence: where it settles the request, no cookie is looked for.
        if let (place, scheme) = presentedToken(request, in: head) {
            if scheme == .dpop { findings.takeScheme() }
            switch begin(.bearer, at: place, of: request, in: head, findings: &findings, now: now) {
            case .answer(let answer, let digest, let afterwards):
                if admits(
                    answer, of: .bearer, at: place, digest: digest, under: scheme, then: afterwards, of: request,
                    in: head, findings: &findings, now: now)
                {
                    return .answer(answer)
                }
            case .pass: break
            case .wait(let effect, let prefetch, let flow):
                var cookies = CookieCredentials(in: request.fields.cookies, named: cookieNames, of: head)
                refuseForgeries(among: &cookies, of: request, in: head, findings: &findings)
                return park(
                    until: effect, prefetch: prefetch, flow: flow, under: scheme,
                    apiToken: apiTokenDigest(of: request, in: head), before: &cookies, of: request, in: head,
                    findings: findings, now: now)
            }
        }
        // Then the header that the configuration names, which nobody has to be asked about either.
        if request.fields[.apiToken] != nil, let digest = apiTokenDigest(of: request, in: head),
            case .answer(let answer, _, _) = beginAPIToken(digest, findings: &findings, now: now)
        {
            return .answer(answer)
        }
        // Without a field nothing is scanned.
        guard request.fields.firstCookie != nil else {
            return .answer(standardAnswers.answer(to: request.endpoint, findings: findings))
        }
        return decideByCookies(of: request, in: head, findings: &findings, now: now)
    }

    private mutating func decideByCookies(
        of request: ResolveRequest, in head: RawSpan, findings: inout Findings, now: Moment
    ) -> Step {
        var cookies = CookieCredentials(in: request.fields.cookies, named: cookieNames, of: head)
        refuseForgeries(among: &cookies, of: request, in: head, findings: &findings)
        while let (kind, place) = cookies.next() {
            switch begin(kind, at: place, of: request, in: head, findings: &findings, now: now) {
            case .answer(let answer, let digest, let afterwards):
                if admits(
                    answer, of: kind, at: place, digest: digest, under: nil, then: afterwards, of: request, in: head,
                    findings: &findings, now: now)
                {
                    return .answer(answer)
                }
            case .pass: continue
            case .wait(let effect, let prefetch, let flow):
                return park(
                    until: effect, prefetch: prefetch, flow: flow, before: &cookies, of: request, in: head,
                    findings: findings, now: now)
            }
        }
        guard !otherCookieNames.isEmpty, cookies.areUsable else {
            return .answer(standardAnswers.answer(to: request.endpoint, findings: findings))
        }
        return decideOnOthers(request, in: head, findings: findings, now: now)
    }

    /// Decides by the cookies of other servers, now that no other credential is valid.
    private mutating func decideOnOthers(
        _ request: ResolveRequest, in head: RawSpan, findings: Findings, now: Moment
    ) -> Step {
        var (findings, others) = (findings, OtherCookies(in: request.fields.cookies))
        while let (server, place) = others.next(named: otherCookieNames, in: head) {
            switch begin(cookieOf: server, at: place, in: head, findings: &findings, now: now) {
            case .answer(let answer, _, _): return .answer(answer)
            case .pass: continue
            case .wait(let effect, _, let flow):
                var none = CookieCredentials()
                return park(
                    until: effect, flow: flow, before: &none, others, of: request, in: head, findings: findings,
                    now: now)
            }
        }
        return .answer(standardAnswers.answer(to: request.endpoint, findings: findings))
    }
}

// MARK: - Answers

extension Resolver {
    /// The answer of a session, remembered; nil when there is none.
    mutating func answer(
        stating principal: Principal, of chain: SessionChain, findings: inout Findings, now: Moment
    ) -> Answer? {
        guard var answer = shared(stating: principal, of: chain, findings: &findings, now: now) else { return nil }
        answer.origin = AnswerOrigin(chain.kind, of: chain.evidence.signer?.issuer)
        if let records = chain.newRecords { chains.remember(records, behind: chain.key) }
        var evidence = chain.evidence
        evidence.keep(until: now.steady(after: settings.caches.sessionMaximumAge))
        if case .asked = principal, let authgear = settings.authgear {
            evidence.keep(until: now.steady(after: authgear.maximumAge))
        }
        remember(answer, restingOn: evidence, of: chain.kind, key: chain.key, now: now)
        return answer
    }

    /// The answer of a credential that Authgear called valid in place of a store, remembered; nil when there is none.
    mutating func answer(
        stating identity: Identity, of credential: AskedCredential, findings: inout Findings, now: Moment
    ) -> Answer? {
        guard let authgear = settings.authgear else { return nil }
        var answer: Answer
        do throws(AnswerFault) {
            answer = try makeAnswer(
                for: identity, isSession: true,
                on: credential.statement.map { CredentialTerms($0, until: credential.evidence.end) }
                    ?? CredentialTerms(credential.credential.presentedKind),
                statement: credential.statement, boundTo: credential.binding)
        } catch {
            note(error, stating: .asked(identity), findings: &findings)
            return nil
        }
        answer.origin = AnswerOrigin(credential.kind, of: credential.evidence.signer?.issuer)
        var evidence = credential.evidence
        evidence.rest(onAuthgearFor: authgear.maximumAge, now: now)
        remember(answer, restingOn: evidence, of: credential.kind, key: credential.key, now: now)
        chains.remember([], behind: credential.key)
        return answer
    }

    private mutating func remember(
        _ answer: Answer, restingOn evidence: Evidence, of kind: RefusedCredential, key: SHA256Digest, now: Moment
    ) {
        if kind == .token {
            tokenAnswers.remember(
                answer, restingOn: evidence, for: key, policies: policies, watches: memory.watches, now: now)
        } else {
            sessionAnswers.remember(
                answer, restingOn: evidence, for: key, policies: policies, watches: memory.watches, now: now)
        }
    }

    /// Requests that share both records, one after another, share the answer.
    private mutating func shared(
        stating principal: Principal, of chain: SessionChain, findings: inout Findings, now: Moment
    ) -> Answer? {
        // What a token adds is its own.
        let isPlain =
            chain.statement == nil && chain.grant?.binding == nil
            && (settings.accessPolicies.isEmpty && settings.assertion == nil
                || chain.credential.presentedKind == .session)
        if isPlain, case .records(let session, let user) = principal,
            let answer = lastAnswer?.answer(of: session, user, until: settings.assertion == nil ? nil : chain.end)
        {
            lastAnswer?.give(to: chain, now: now)
            return answer
        }
        do throws(AnswerFault) {
            let answer = try makeAnswer(
                for: principal.identity, isSession: true, on: terms(of: chain), statement: chain.statement,
                boundTo: chain.grant?.binding)
            if isPlain, case .records(let session, let user) = principal {
                lastAnswer = SharedAnswer(session: session, user: user, answer: answer, to: chain, now: now)
            }
            return answer
        } catch {
            note(error, stating: principal, findings: &findings)
            return nil
        }
    }

    /// The answer of another request, which waited for the same look-up with the same cookie; nil: this one is judged by itself. What
    /// comes with the use of the credential was done for the other.
    mutating func answerOfAnother(
        to chain: SessionChain, with reply: RecordReply, arrived: ArrivedRecords, now: Moment
    ) -> Answer? {
        guard lastAnswer?.isAnswer(to: chain, with: reply, arrived: arrived, now: now) == true,
            var answer = lastAnswer?.answer
        else { return nil }
        // Whoever comes more than once is active.
        if chain.question != nil, let user = lastAnswer?.session.userID { memory.users.use(user, now: now) }
        answer.origin = AnswerOrigin(chain.kind, of: nil)
        return answer
    }

    private mutating func note(_ fault: AnswerFault, stating principal: Principal, findings: inout Findings) {
        if case .asked = principal, case .refused = fault {
            // What Authgear said can't be, which says nothing of the credential.
            couldNotCheck(.authgearRefused, findings: &findings)
        } else {
            note(fault, findings: &findings)
        }
    }

    /// There is no answer for somebody whose credential is good.
    mutating func note(_ fault: AnswerFault, findings: inout Findings) {
        switch fault {
        case .refused(let refusal):
            tally.count(refusal)
        case .tooLong(let answer):
            if longAnswers?.add(answer) == nil { longAnswers = LongAnswers(first: answer) }
            couldNotCheck(.answerTooLong, findings: &findings)
        }
    }

    /// What was too long since the last call, for the log; nil when nothing was.
    package mutating func takeLongAnswers() -> LongAnswers? { longAnswers.take() }

    mutating func couldNotCheck(_ reason: UnknownReason, findings: inout Findings) {
        tally.count(reason)
        findings.couldNotCheck(reason)
    }

    /// What the cache of JWTs' answers did and holds.
    package var tokenCacheFigures: CacheFigures { tokenAnswers.figures }
    /// What the cache of other answers did and holds.
    package var sessionCacheFigures: CacheFigures { sessionAnswers.figures }
}
