package import Bytes
import JOSE

// Tokens that an issuer's introspection endpoint is asked about (contract section 19).
extension Resolver {
    /// Who is asked about an opaque token; nil when nobody is. What was made here is asked of nobody.
    func introspector(forOpaque token: RawSpan) -> Introspector? {
        guard introspects, !APIToken.isOwn(token) else { return nil }
        return settings.introspectors.first { introspector in
            guard let prefix = introspector.prefix else { return true }
            return token.byteCount >= prefix.count && token.extracting(first: prefix.count).equals(prefix.span.bytes)
        }
    }

    /// Who is asked about the JWTs of an issuer; nil when nobody is.
    func introspector(forTokensOf issuer: IssuerID) -> Introspector? {
        introspects ? settings.introspectors.first { $0.id == issuer && $0.takesJWTs } : nil
    }

    private func introspector(of issuer: IssuerID) -> Introspector? {
        settings.introspectors.first { $0.id == issuer }
    }

    /// The question about an opaque token that somebody is asked about.
    func introspection(
        of token: RawSpan, as kind: CredentialKind, digest: SHA256Digest
    ) -> IntrospectionQuestion? {
        // From a cookie none is taken.
        guard kind == .bearer, let introspector = introspector(forOpaque: token) else { return nil }
        return IntrospectionQuestion(about: [UInt8](copying: token), digest: digest, of: introspector.id)
    }

    /// Whether an opaque token is this issuer's alone, or there is nobody else to ask.
    func isIntrospectedFirst(_ question: IntrospectionQuestion) -> Bool {
        !looksUp || introspector(of: question.issuer)?.prefix != nil
    }

    /// Whether the bearer token is one issuer's alone, by its prefix.
    func presentsOthersToken(_ request: ResolveRequest, in head: RawSpan) -> Bool {
        guard introspects, let field = request.fields.authorization,
            let place = BearerToken.extract(from: field, in: head)
        else { return false }
        let token = head.extracting(place.range)
        return !BearerToken.isCompact(token) && introspector(forOpaque: token)?.prefix != nil
    }

    /// What is in memory of an opaque token that an endpoint was asked about; nil when nothing is.
    @inline(__always)
    mutating func introspected(
        _ token: RawSpan, as kind: CredentialKind, digest: SHA256Digest, findings: inout Findings, now: Moment
    ) -> Attempt? {
        guard introspects, kind == .bearer else { return nil }
        let key = RefusedCredential.accessToken.key(of: digest)
        if let answer = tokenAnswers.answer(for: key, policies: policies, watches: memory.watches, now: now) {
            if tokenAnswers.lastIsToBeRenewed { renewIntrospection(of: token, digest: digest, key: key, now: now) }
            return .answer(answer)
        }
        guard let reason = refusedTokens.reason(for: key, under: policies, now: now) else { return nil }
        findings.present(kind)
        return refuse(for: reason, token: token, findings: &findings)
    }

    /// Asks about an opaque token that nobody else knows.
    mutating func introspect(
        _ credential: Credential, asking question: IntrospectionQuestion, findings: inout Findings, now: Moment
    ) -> Attempt {
        var question = question
        // A reload may have put another one in its place while the token waited.
        if introspector(of: question.issuer) == nil {
            let token = question.token
            guard let other = introspector(forOpaque: token.span.bytes) else { return .pass }
            question = IntrospectionQuestion(about: question.token, digest: question.digest, of: other.id)
        }
        return ask(AskedToken(credential, asking: question, under: policies.format))
    }

    /// Asks about a JWT that was verified, whose issuer is asked about each.
    mutating func introspect(
        _ verified: borrowing VerifiedToken, token: RawSpan, digest: SHA256Digest, question: AuthgearQuestion?
    ) -> Attempt {
        let bytes = [UInt8](copying: token)
        let asked = AskedToken(
            .jwt(bytes, digest, question), verified,
            asking: IntrospectionQuestion(about: bytes, digest: digest, of: verified.issuer), under: policies.format)
        return ask(asked)
    }

    private mutating func ask(_ asked: AskedToken) -> Attempt {
        let question = asked.question.knowing(wasValid: chains.knows(asked.key))
        return .wait(.introspection(question), prefetch: [], .introspection(asked))
    }

    /// Whether what is asked about a token may still be judged as it is.
    func isCurrent(_ asked: AskedToken) -> Bool {
        introspector(of: asked.question.issuer) != nil && asked.evidence.isAllowed(by: policies)
    }

    /// Goes on with a token, now that the endpoint was asked about it.
    mutating func conclude(
        _ asked: AskedToken, with reply: IntrospectionReply, findings: inout Findings, now: Moment
    ) -> Attempt {
        switch judge(asked, by: reply, now: now) {
        case .valid(let answer): return .answer(answer)
        case .refused(let refusal): count(refusal, of: asked.kind)
        case .unstatable(let fault): note(fault, findings: &findings)
        case .unknown(let failure): couldNotCheck(UnknownReason(failure), findings: &findings)
        }
        return .pass
    }

    private enum Judgement {
        case valid(Answer)
        case refused(IntrospectionRefusal)
        case unstatable(AnswerFault)
        case unknown(AskFailure)
    }

    /// What comes of an answer, which is remembered.
    private mutating func judge(_ asked: AskedToken, by reply: IntrospectionReply, now: Moment) -> Judgement {
        guard let introspector = introspector(of: asked.question.issuer) else { return .unknown(.unreachable) }
        tally.count(reply, from: introspector.name)
        switch reply {
        case .unknown(let failure): return .unknown(failure)
        case .inactive(let askedAt): return refuse(asked, for: .inactive, by: introspector, askedAt: askedAt)
        case .active(let claims, let askedAt):
            do throws(IntrospectionRefusal) {
                return try accept(asked, claims, by: introspector, askedAt: askedAt, now: now)
            } catch {
                return refuse(asked, for: error, by: introspector, askedAt: askedAt)
            }
        }
    }

    private mutating func accept(
        _ asked: AskedToken, _ claims: ClaimsSet, by introspector: Introspector, askedAt: Int64, now: Moment
    ) throws(IntrospectionRefusal) -> Judgement {
        let token: IntrospectedToken
        do { token = try introspector.verifier.verify(claims, now: now.timestamp) } catch { throw .claims(error) }
        var mapped = MappedClaims(claims: claims, mapping: introspector.verifier.issuer.claims)
        if let own = asked.statement {
            guard own.claims.text(at: ClaimPlace("sub")) == token.subject else { throw .subjectMismatch }
            guard let claims = try? own.claims.completed(by: claims) else { return .unknown(.unreadable) }
            mapped = MappedClaims(claims: claims, mapping: own.mapping)
        }
        let userID = mapped.claims.text(at: mapped.mapping.places.userID) ?? token.userID
        let identity = Identity(userID: userID, claims: mapped.identity, authenticatedAt: mapped.authenticatedAt)
        // Of a JWT both say when it ends.
        var terms = CredentialTerms(
            mapped, until: min(asked.evidence.end, token.expiresAt ?? .distantFuture))
        // The endpoint need not say whose it is.
        terms.issuer = introspector.verifier.issuer.identifier
        do throws(AnswerFault) {
            let answer = try makeAnswer(for: identity, on: terms, statement: mapped)
            var evidence = asked.evidence
            evidence.rest(
                onAnswerOf: introspector.id, for: introspector.maximumAge, since: askedAt, until: token.expiresAt,
                now: now)
            tokenAnswers.remember(
                answer, restingOn: evidence, for: asked.key, policies: policies, watches: memory.watches, now: now)
            refusedTokens.forget(asked.key)
            chains.remember([], behind: asked.key)
            return .valid(answer)
        } catch {
            tokenAnswers.forget(asked.key)
            return .unstatable(error)
        }
    }

    private mutating func refuse(
        _ asked: AskedToken, for refusal: IntrospectionRefusal, by introspector: Introspector, askedAt: Int64
    ) -> Judgement {
        tokenAnswers.forget(asked.key)
        chains.forget(asked.key)
        let until = askedAt.addingReportingOverflow(introspector.inactiveMaximumAge.nanoseconds).partialValue
        refusedTokens.remember(
            RefusedToken(
                reason: .introspected(refusal, until: until), issuer: introspector.id, format: policies.format),
            for: asked.key)
        return .refused(refusal)
    }

    /// Counts what a token was refused for.
    mutating func count(_ refusal: IntrospectionRefusal, of kind: RefusedCredential) {
        switch (refusal, kind) {
        case (.inactive, _): tally.count(RecordRefusal.inactive, of: kind)
        case (.subjectMismatch, _): tally.count(RecordRefusal.subjectMismatch, of: kind)
        case (.claims(let refusal), .token): tally.count(refusal)
        case (.claims(let refusal), _): tally.count(RecordRefusal(refusal), of: kind)
        }
    }
}

// What is asked about tokens while nobody waits.
extension Resolver {
    /// Has an opaque token asked about again that was just answered from memory, once its answer is old: who uses it never waits.
    private mutating func renewIntrospection(
        of token: RawSpan, digest: SHA256Digest, key: SHA256Digest, now: Moment
    ) {
        tokenAnswers.postponeRenewal(of: key, until: now.steady(after: Self.renewalPause))
        guard let question = introspection(of: token, as: .bearer, digest: digest) else { return }
        backgroundIntrospections.append(
            AskedToken(
                .opaqueToken(digest, nil, question), asking: question.knowing(wasValid: true), under: policies.format))
    }

    /// The same for a JWT, which is verified again: of what it says nothing is kept.
    mutating func renewIntrospection(ofJWT token: RawSpan, digest: SHA256Digest, now: Moment) {
        tokenAnswers.postponeRenewal(of: digest, until: now.steady(after: Self.renewalPause))
        signatures += 1
        guard case .valid(let verified) = verifier.verify(token, with: keys, now: now),
            introspector(forTokensOf: verified.issuer) != nil
        else { return }
        let bytes = [UInt8](copying: token)
        let question = IntrospectionQuestion(about: bytes, digest: digest, of: verified.issuer, wasValid: true)
        backgroundIntrospections.append(
            AskedToken(.jwt(bytes, digest, nil), verified, asking: question, under: policies.format))
    }

    /// Before it is asked again, when nothing came of it.
    private static var renewalPause: Duration { .seconds(1) }

    /// The questions since the last call.
    package mutating func takeBackgroundIntrospections() -> [AskedToken] {
        guard !backgroundIntrospections.isEmpty else { return [] }
        defer { backgroundIntrospections = [] }
        return backgroundIntrospections
    }

    /// What came of one of them.
    package mutating func conclude(_ asked: AskedToken, with reply: IntrospectionReply, now: Moment) {
        if isCurrent(asked) { _ = judge(asked, by: reply, now: now) }
    }
}
