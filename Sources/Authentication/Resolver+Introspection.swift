import Bytes
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

    func introspector(of issuer: IssuerID) -> Introspector? {
        settings.introspectors.first { $0.id == issuer }
    }

    /// The question about an opaque token that somebody is asked about.
    func introspection(
        of token: RawSpan, as kind: CredentialKind, digest: SHA256Digest
    ) -> ClaimsQuestion? {
        // From a cookie none is taken.
        guard kind == .bearer, let introspector = introspector(forOpaque: token) else { return nil }
        return ClaimsQuestion(
            about: [UInt8](copying: token), digest: digest, of: AskedServer(.introspection, of: introspector.id))
    }

    /// Whether an opaque token is this issuer's alone, or there is nobody else to ask.
    func isIntrospectedFirst(_ question: ClaimsQuestion) -> Bool {
        !looksUp || introspector(of: question.server.id)?.prefix != nil
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
            guard tokenAnswers.lastIsToBeRenewed else { return .answer(answer, of: digest) }
            return .answer(answer, of: digest, then: .renewal(of: [UInt8](copying: token), isCompact: false))
        }
        guard let reason = refusedTokens.reason(for: key, under: policies, now: now) else { return nil }
        findings.present(kind)
        return refuse(token, as: .accessToken, for: reason, findings: &findings)
    }

    /// Asks about an opaque token that nobody else knows.
    mutating func introspect(
        _ credential: Credential, asking question: ClaimsQuestion, findings: inout Findings, now: Moment
    ) -> Attempt {
        var question = question
        // A reload may have put another one in its place while the token waited.
        if introspector(of: question.server.id) == nil {
            let token = question.value
            guard let other = introspector(forOpaque: token.span.bytes) else { return .pass }
            question = question.asked(of: AskedServer(.introspection, of: other.id))
        }
        return ask(AskedClaims(credential, asking: question, under: policies.format))
    }

    /// What is asked about a JWT that is verified now, which is remembered; nil when nothing is.
    mutating func asked(
        about verified: borrowing VerifiedToken, token: RawSpan, digest: SHA256Digest, question: AuthgearQuestion?,
        now: Moment
    ) -> AskedClaims? {
        guard introspects || asksUserinfo else { return nil }
        let grant = VerifiedGrant(verified, keepsStatement: true, now: now)
        guard let asked = asked(about: grant, token: token, digest: digest, question: question) else { return nil }
        // Before anybody is asked: who repeats the token while nobody says spares the signature.
        verifiedGrants.remember(grant, for: digest)
        return asked
    }

    /// The same about one that was verified before: its issuer is asked, about each, or for what it lacks.
    func asked(
        about grant: VerifiedGrant, token: RawSpan, digest: SHA256Digest, question: AuthgearQuestion?
    ) -> AskedClaims? {
        guard let statement = grant.statement else { return nil }
        let issuer = grant.signer.issuer
        let server =
            introspector(forTokensOf: issuer) != nil
            ? AskedServer(.introspection, of: issuer) : userinfo(for: statement, of: issuer)
        guard let server else { return nil }
        let bytes = [UInt8](copying: token)
        return AskedClaims(
            .jwt(bytes, digest, question), asking: ClaimsQuestion(about: bytes, digest: digest, of: server),
            knowing: statement, boundTo: grant.binding, evidence: grant.evidence(under: policies.format))
    }

    /// What an endpoint vouches for, of a token that it calls active; nil when that and what a JWT says are too much together.
    func vouch(
        for asked: AskedClaims, _ claims: ClaimsSet, by introspector: Introspector, now: Moment
    ) throws(ClaimsRefusal) -> VouchedClaims? {
        let token: IntrospectedToken
        do {
            token = try introspector.verifier.verify(
                claims, provableBy: settings.proofMethods, now: now.timestamp)
        } catch {
            throw .claims(error)
        }
        var mapped = MappedClaims(claims: claims, mapping: introspector.verifier.issuer.claims)
        if let own = asked.statement {
            guard own.claims.text(at: ClaimPlace("sub")) == token.subject else { throw .subjectMismatch }
            guard let completed = try? own.completed(by: claims) else { return nil }
            mapped = completed
        }
        let userID = mapped.claims.text(at: mapped.mapping.places.userID) ?? token.userID
        // Of a JWT both say when it ends.
        var terms = CredentialTerms(
            mapped, until: min(asked.evidence.end, token.expiresAt ?? .distantFuture))
        // The endpoint need not say whose it is.
        terms.issuer = introspector.verifier.issuer.identifier
        return VouchedClaims(
            userID: userID, statement: mapped, terms: terms, maximumAge: introspector.maximumAge,
            expiresAt: token.expiresAt, binding: KeyBinding.joined(asked.binding, token.binding))
    }
}

// What is asked about tokens while nobody waits.
extension Resolver {
    /// Has an opaque token asked about again that was just answered from memory, once its answer is old: who uses it never waits.
    mutating func renewIntrospection(of token: RawSpan, digest: SHA256Digest, now: Moment) {
        let key = RefusedCredential.accessToken.key(of: digest)
        tokenAnswers.postponeRenewal(of: key, until: now.steady(after: Self.renewalPause))
        guard let question = introspection(of: token, as: .bearer, digest: digest) else { return }
        backgroundClaims.append(
            AskedClaims(
                .opaqueToken(digest, nil, question), asking: question.knowing(wasValid: true), under: policies.format))
    }

    /// The same for a JWT, which is verified again: of what it says nothing is kept for as long.
    mutating func renewClaims(ofJWT token: RawSpan, digest: SHA256Digest, now: Moment) {
        tokenAnswers.postponeRenewal(of: digest, until: now.steady(after: Self.renewalPause))
        signatures += 1
        guard case .valid(let verified) = verifier.verify(token, with: keys, now: now),
            let asked = asked(about: verified, token: token, digest: digest, question: nil, now: now)
        else { return }
        backgroundClaims.append(asked)
    }
}
