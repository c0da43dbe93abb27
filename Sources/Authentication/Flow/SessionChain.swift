import Bytes
import JOSE

/// The records that a credential leads to, read one after another, up to the user:
///
///     opaque token, JWT with `session_check`:  access grant → offline grant (→ IdP session) → user
///                                              access grant → IdP session → user
///     `app_session` cookie:                    app session → offline grant (→ IdP session) → user
///     `session` cookie:                        IdP session → user
///
/// It takes a record, and gives the next step. What it has read is kept as evidence, and as what the next record is judged by.
///
/// An object, so that a request that waits moves one reference to it. The request alone has it.
final class SessionChain {
    /// What it begins with.
    let credential: Credential
    /// What its answer is kept under.
    let key: SHA256Digest
    /// What was verified of a JWT; nil for every other credential.
    let grant: VerifiedGrant?
    private var stage: Stage
    /// What was read so far is good, as long as this holds.
    var evidence: Evidence
    /// The question at hand, and the watch over its record.
    private var asked: RecordQuery
    private var watch: RecordWatch?
    /// The questions behind the first one, as far as they are known from last time, and how many of them came about.
    private var known: [RecordQuery] = []
    private var confirmed = 0
    /// Those that came about, once one was not the one that was known.
    private var others: [RecordQuery]?
    /// Whether the user's first record was read once more, because it had come.
    private var hasReadAgain = false
    /// Whether the records may know too few scopes, and Authgear is to say whether they are enough.
    private var scopesAreUndecided = false
    /// Whether Authgear is to be asked for the user's record while nobody waits.
    private(set) var asksInBackground = false
    /// The sessions that are used with the credential: its own, and the one that this ends with.
    private(set) var (use, singleSignOnUse): (SessionUse?, SessionUse?)
    /// From when on the credential or its session is over, whatever becomes of the user's record.
    private(set) var end = Timestamp.distantFuture
    /// All that a JWT says; nil for every other credential, and where nobody asks for it.
    var statement: MappedClaims? { grant?.statement }
    /// An opaque token's access grant's, as its record has them: the text of a JSON array, or nothing.
    private var scopeText: [UInt8] = []
    /// The client that an opaque token was made for.
    private(set) var client: [UInt8]?

    private let rules: SessionRules
    private let format: AnswerFormat

    /// Which credential it is, for what is counted.
    var kind: RefusedCredential { credential.kind }
    /// What Authgear is asked; nil where it is not.
    var question: AuthgearQuestion? { credential.question }

    /// - Parameters:
    ///   - grant: what was verified of a JWT; nil for every other credential.
    ///   - policy: by which sessions are judged.
    init(
        _ credential: Credential, grant: VerifiedGrant? = nil, rules: SessionRules, format: AnswerFormat,
        under policy: UInt32
    ) {
        self.credential = credential
        key = credential.key
        switch credential {
        case .jwt, .opaqueToken, .cookie:
            stage = .accessGrant
            asked = rules.keys.accessGrant(grant?.hash ?? credential.digest.hexBytes)
        case .appSession(let digest, _):
            stage = .appSession
            asked = rules.keys.appSession(digest.hexBytes)
        case .session(let cookie, _):
            stage = .session(cookie)
            asked = rules.keys.session(cookie.id)
        }
        self.grant = grant
        evidence = grant?.evidence(under: policy) ?? Evidence(under: policy)
        self.rules = rules
        self.format = format
    }

    /// The scopes of an opaque token's access grant.
    var scopes: [[UInt8]] {
        do throws(JSONError) {
            let text = scopeText
            var reader = JSONReader(text.span.bytes)
            return try reader.readStrings() ?? []
        } catch {
            return []
        }
    }

    /// Asks for the first record.
    ///
    /// - Parameter known: the records behind it, as far as they are known from last time.
    func start(known: [RecordQuery], memory: inout RecordMemory, now: Moment) -> FlowStep {
        self.known = known
        // Before the read, as in `ask`.
        watch = memory.watches.watch(asked, now: now)
        return .need(.record(asked), prefetch: prefetch(known, memory: memory, now: now))
    }

    /// What is known to be asked next, as `askUser` will ask it.
    private func prefetch(_ known: [RecordQuery], memory: RecordMemory, now: Moment) -> [RecordQuery] {
        guard question != nil, let key = known.last?.key, let id = rules.keys.userID(ofKey: key.span.bytes) else {
            return known
        }
        let user = Array(key[id])
        guard memory.servesOn(for: user, now: now) else { return known }
        // Users' records stand last.
        return known.filter { $0.kind != .user }
            + [rules.keys.user(user).withoutProof(), rules.keys.userOfBearer(user).withoutProof()]
    }

    /// Goes on with what the store has under the key that was asked for.
    func resume(_ reply: RecordReply, memory: inout RecordMemory, now: Moment) -> FlowStep {
        switch reply {
        case .found(let record): read(record, memory: &memory, now: now)
        case .missing: missing(memory: &memory, now: now)
        case .unavailable(let failure): .indeterminate(UnknownReason(failure))
        case .unreadable(.mismatched): .indeterminate(.recordMismatched)
        case .unreadable: .indeterminate(.recordUnreadable)
        }
    }
}

// What is read.
extension SessionChain {
    private func read(_ record: Record, memory: inout RecordMemory, now: Moment) -> FlowStep {
        let time = now.timestamp
        switch (stage, record) {
        case (.session(let cookie), .session(let session)):
            let hash = session.tokenHash
            // The secret before the times: who has an id alone learns nothing of the session.
            guard cookie.digest.equalsHex(hash.span.bytes) else { return .rejected(.wrongSecret) }
            if rules.limits.isExpired(session, at: time) { return .rejected(.expired) }
            if rules.limits.isIdle(session, at: time) { return .rejected(.idle) }
            note(session, within: rules.limits)
            return askUser(of: session, memory: &memory, now: now)
        case (.accessGrant, .accessGrant(let grant)):
            guard time <= grant.expireAt else { return .rejected(kind == .token ? .grantExpired : .expired) }
            note(upTo: grant.expireAt)
            scopeText = grant.scopes
            switch grant.sessionKind {
            case .idpSession:
                return ask(
                    rules.keys.session(grant.sessionID, known: next), for: .sessionOfGrant, memory: &memory, now: now)
            case .offlineGrant:
                let stage = Stage.offlineGrant(tokenHash: grant.refreshTokenHash)
                return ask(rules.keys.offlineGrant(grant.sessionID, known: next), for: stage, memory: &memory, now: now)
            }
        case (.appSession, .appSession(let session)):
            guard time <= session.expireAt else { return .rejected(.expired) }
            note(upTo: session.expireAt)
            let stage = Stage.offlineGrant(tokenHash: session.refreshTokenHash)
            return ask(
                rules.keys.offlineGrant(session.offlineGrantID, known: next), for: stage, memory: &memory, now: now)
        case (.offlineGrant(let hash), .offlineGrant(let grant)):
            return judge(grant, tokenHash: hash, memory: &memory, now: now)
        case (.sessionOfGrant, .session(let session)):
            if rules.limits.isExpired(session, at: time) { return .rejected(.sessionExpired) }
            if rules.limits.isIdle(session, at: time) { return .rejected(.sessionIdle) }
            note(session, within: rules.limits)
            return askUser(of: session, memory: &memory, now: now)
        case (.singleSignOn(let principal), .session(let session)):
            guard time <= rules.limits.expiry(of: session) else { return .rejected(.singleSignOnEnded) }
            note(upTo: rules.limits.expiry(of: session))
            singleSignOnUse = SessionUse(session, under: asked.key, within: rules.limits)
            return askUser(of: principal, memory: &memory, now: now)
        case (.userOfBearer(let session, let first), .user(let user)):
            return judge(user, of: session, besides: first, memory: &memory, now: now)
        case (.user(let session), .user(let user)), (.userAgain(let session, _), .user(let user)):
            return judge(user, of: session, memory: &memory, now: now)
        default:
            return .indeterminate(.recordUnreadable)
        }
    }

    /// The user's other record. The first counts, if it has come meanwhile, and ends the answer when it comes. That it was missing may be to
    /// be proven still.
    private func judge(
        _ user: UserRecord, of session: SessionRecord, besides first: RecordWatch?, memory: inout RecordMemory,
        now: Moment
    ) -> FlowStep {
        let hasCome = first.map { memory.watches.isBroken($0) } ?? false
        if !asked.absenceNeedsProof || hasCome && !hasReadAgain {
            hasReadAgain = asked.absenceNeedsProof
            return ask(rules.keys.user(session.userID), for: .user(of: session), memory: &memory, now: now)
        }
        evidence.add(hasCome ? nil : first)
        return judge(user, of: session, memory: &memory, now: now)
    }

    /// What is not kept of the user makes what was read before it old.
    private func judge(
        _ user: UserRecord, of session: SessionRecord, memory: inout RecordMemory, now: Moment
    ) -> FlowStep {
        guard !user.isStale(at: now.timestamp) else {
            memory.users.forget(session.userID)
            return missing(memory: &memory, now: now)
        }
        guard !user.isDisabled else {
            memory.users.forget(session.userID)
            return .rejected(.userDisabled)
        }
        note(user, of: session, memory: &memory, now: now)
        return .authenticated(.records(session, user))
    }

    private func judge(
        _ grant: OfflineGrantRecord, tokenHash: [UInt8], memory: inout RecordMemory, now: Moment
    ) -> FlowStep {
        // Before its times, which depend on its client's limits.
        guard let limits = rules.offlineGrants.limits(of: grant.clientID) else { return .rejected(.clientUnlisted) }
        if limits.isExpired(grant.session, at: now.timestamp) { return .rejected(.sessionExpired) }
        if limits.isIdle(grant.session, at: now.timestamp) { return .rejected(.sessionIdle) }
        if grant.hasSingleSignOn, grant.idpSessionID.isEmpty { return .rejected(.singleSignOnEnded) }
        guard let authorization = grant.authorization(ofToken: tokenHash) else {
            return .rejected(.refreshTokenRevoked)
        }
        client = grant.client(ofToken: tokenHash)
        if kind == .appSession {
            // The grant itself, and none of its tokens: then there must be an authorization of its own.
            if grant.isItself(tokenHash), !authorization.isKnown { return .rejected(.unauthorized) }
            // Scopes are gathered over log-ins, and the authorization in Authgear's database may have more.
            if !authorization.hasFullAccess { scopesAreUndecided = true }
        }
        // Only what has passed every check is evidence: what is refused is not remembered.
        note(grant.session, within: limits)
        guard grant.hasSingleSignOn else { return askUser(of: grant.session, memory: &memory, now: now) }
        let stage = Stage.singleSignOn(of: grant.session)
        return ask(rules.keys.session(grant.idpSessionID, known: next), for: stage, memory: &memory, now: now)
    }

    /// The store has nothing under the key.
    private func missing(memory: inout RecordMemory, now: Moment) -> FlowStep {
        switch stage {
        case .session, .accessGrant, .appSession: return .rejected(.notFound)
        case .offlineGrant, .sessionOfGrant: return .rejected(.sessionNotFound)
        case .singleSignOn: return .rejected(.singleSignOnEnded)
        case .user(let session):
            let stage = Stage.userOfBearer(of: session, watch)
            let other = rules.keys.userOfBearer(session.userID, known: next)
            return ask(other, for: stage, absenceNeedsProof: asked.absenceNeedsProof, memory: &memory, now: now)
        case .userOfBearer(let session, let first) where !asked.absenceNeedsProof:
            // Once it serves no longer, whether there is one is to be proven.
            return serveOn(session, watchedBy: first, memory: &memory, now: now)
                ?? ask(rules.keys.user(session.userID), for: .user(of: session), memory: &memory, now: now)
        case .userOfBearer(let session, let first?) where memory.watches.isBroken(first):
            // The first has come meanwhile: Authgear was asked by somebody else.
            return ask(rules.keys.user(session.userID), for: .user(of: session), memory: &memory, now: now)
        case .userOfBearer(let session, let first):
            if !session.claims.describeUser {
                if let question {
                    if let step = serveOn(session, watchedBy: first, memory: &memory, now: now) { return step }
                    stage = .userQuestion(of: session)
                    return .need(.question(question))
                }
                guard rules.missingUser == .partial else { return .indeterminate(.userMissing) }
            }
            // Nobody would tell when the record comes.
            evidence.add(nil)
            return .authenticated(.records(session, nil))
        case .userAgain(_, let identity):
            // The record ends it when it comes, where that is told.
            if let watch { evidence.add(watch) }
            return .authenticated(.asked(identity))
        case .userQuestion, .scopeQuestion: return .indeterminate(.recordUnreadable)
        }
    }

    /// What is known of the user serves on, in place of both records, the first of which was watched; nil when nothing does.
    private func serveOn(
        _ session: SessionRecord, watchedBy first: RecordWatch?, memory: inout RecordMemory, now: Moment
    ) -> FlowStep? {
        guard let substitute = memory.substitute(for: session.userID, now: now) else { return nil }
        asksInBackground = substitute.isToBeAsked
        // Either record ends it when it comes.
        evidence.add(first)
        evidence.add(watch)
        evidence.keep(until: substitute.keptUntil)
        evidence.limit(to: substitute.record.lastFreshAt)
        return .authenticated(.records(session, substitute.record))
    }

    /// Whether it is scopes that Authgear is asked for, and not a user.
    var asksForScope: Bool { if case .scopeQuestion = stage { true } else { false } }

    /// Goes on with what Authgear said of the credential.
    func resume(_ reply: AuthgearReply, memory: inout RecordMemory, now: Moment) -> FlowStep {
        if case .userQuestion(let session) = stage {
            memory.users.concluded(about: session.userID, with: reply, now: now)
        }
        switch (stage, reply) {
        case (.userQuestion(let session), .valid(let identity)):
            guard identity.userID == session.userID else { return .indeterminate(.authgearRefused) }
            let stage = Stage.userAgain(of: session, identity)
            return ask(rules.keys.user(session.userID), for: stage, memory: &memory, now: now)
        case (.scopeQuestion(let session), .valid(let identity)):
            guard identity.userID == session.userID else { return .indeterminate(.authgearRefused) }
            return .authenticated(.asked(identity))
        case (.userQuestion(let session), .unknown(let failure)):
            guard let record = memory.lastResort(for: session.userID, now: now) else {
                return .indeterminate(UnknownReason(failure))
            }
            // Nobody would tell when the record comes.
            evidence.add(nil)
            return .authenticated(.records(session, record))
        case (_, .invalid), (_, .silent): return .rejected(.refusedByAuthgear)
        case (_, .unknown(let failure)): return .indeterminate(UnknownReason(failure))
        case (_, .valid): return .indeterminate(.authgearRefused)
        }
    }
}

// What is asked.
extension SessionChain {
    /// The session that was read is good within its limits.
    private func note(_ session: SessionRecord, within limits: SessionLimits) {
        note(upTo: limits.expiry(of: session))
        use = SessionUse(session, under: asked.key, within: limits)
    }

    /// The user's record that was read is good; also when it ends it may serve on.
    private func note(_ user: UserRecord, of session: SessionRecord, memory: inout RecordMemory, now: Moment) {
        note(upTo: user.lastFreshAt)
        guard let question else { return }
        // From its end on Authgear is asked anew, so no answer outlives it.
        if let end = user.endsAt { evidence.keep(until: end) }
        // What changed while it was read must not serve on later.
        guard let watch, !memory.watches.isBroken(watch) else { return memory.users.forget(session.userID) }
        memory.users.read(user, by: asked, of: session.userID, asking: question, for: key, now: now)
    }

    /// The record that was read is good up to a moment.
    private func note(upTo lastMoment: Timestamp) {
        evidence.add(watch)
        evidence.limit(to: lastMoment)
    }

    private func ask(
        _ query: RecordQuery, for stage: Stage, absenceNeedsProof: Bool = true, prefetch: [RecordQuery] = [],
        memory: inout RecordMemory, now: Moment
    ) -> FlowStep {
        self.stage = stage
        asked = absenceNeedsProof ? query : query.withoutProof()
        note(query)
        // Before the read is asked for: a change that is told while it is on its way breaks the watch.
        watch = memory.watches.watch(query, now: now)
        return .need(.record(asked), prefetch: prefetch)
    }

    /// The question that comes next as far as is known; nil when that is no longer, or was never.
    private var next: RecordQuery? { others == nil && confirmed < known.count ? known[confirmed] : nil }

    /// Follows what is known of the chain, or leaves it.
    private func note(_ query: RecordQuery) {
        if next == query {
            confirmed += 1
        } else {
            others = (others ?? Array(known[..<confirmed])) + [query]
        }
    }

    /// The questions behind the first one, where they are not those that were known; nil when they are.
    var newRecords: [RecordQuery]? {
        others ?? (confirmed < known.count ? Array(known[..<confirmed]) : nil)
    }

    /// The session is good: who is its user? Also in the key of the user's record nothing gets that can't be a header.
    private func askUser(of session: SessionRecord, memory: inout RecordMemory, now: Moment) -> FlowStep {
        // Before the user's record is asked for: another's token costs no read.
        if let subject = grant?.subject, subject != session.userID { return .rejected(.subjectMismatch) }
        end = evidence.end
        if scopesAreUndecided {
            guard let question else { return .indeterminate(.scopeUndecided) }
            stage = .scopeQuestion(of: session)
            return .need(.question(question))
        }
        do throws(AnswerFault) {
            try format.check(userID: session.userID)
        } catch {
            return .unanswerable(error)
        }
        let query = rules.keys.user(session.userID, known: next)
        if question != nil, !session.claims.describeUser, memory.servesOn(for: session.userID, now: now) {
            let other = rules.keys.userOfBearer(session.userID).withoutProof()
            return ask(
                query, for: .user(of: session), absenceNeedsProof: false, prefetch: [other], memory: &memory, now: now)
        }
        // Read in the same trip, unless the first one did last time.
        let other = known.contains(query) ? [] : [rules.keys.userOfBearer(session.userID)]
        return ask(query, for: .user(of: session), prefetch: other, memory: &memory, now: now)
    }
}
