package import JOSE

// The settings and the keys change while requests are answered.
extension Resolver {
    /// Takes other settings, between two requests. What is remembered stays where its policy is the same, and does not
    /// hold where it is another; what waits is decided by the new one.
    package mutating func adopt(_ settings: ResolverSettings) {
        let old = self.settings
        self.settings = settings
        if !settings.verifiesTokens(like: old) { verifier = settings.verifier }
        adoptServers(insteadOf: old)
        concludes = settings.concludes
        // What is bound in another way was refused for it, or is refused at its next request.
        if settings.proofMethods != old.proofMethods { refusedTokens.forgetUnproved() }
        cookieNames = CookieNames(prefix: settings.cookiePrefix)
        standardAnswers = settings.standardAnswers(by: renderer)
        tally.takesNotes = settings.notesRefusals
        if settings.caches != old.caches { resize(to: settings.caches) }
        if settings.authgear?.shadowShare != old.authgear?.shadowShare {
            shadow = settings.authgear.flatMap { ShadowSampler(share: $0.shadowShare) }
        }
        policyAnswers = settings.policyAnswers(by: renderer)
        policyNames = PolicyNames(settings.accessPolicies)
        tally.setPolicies(settings.accessPolicies.map(\.name))
        let writesAlike = settings.writesAnswers(like: old)
        if !writesAlike {
            policies.formatChanged()
            // Some keep less of their tokens than policies ask for now.
            verifiedGrants = VerifiedGrants(besideAnswersOf: settings.caches.tokens)
        }
        if settings.apiTokens !== old.apiTokens {
            apiTokens = settings.apiTokens.map(ListedTokens.init)
        } else if !writesAlike {
            apiTokens?.forgetAnswers()
        }
        if !writesAlike || !settings.judgesSessions(like: old) { sessionPolicyChanged() }
        policies.set(keys, configured: settings.issuerIDs)
    }

    /// Asks others from now on: what is remembered of those that are asked no longer, or on other terms, is forgotten.
    private mutating func adoptServers(insteadOf old: ResolverSettings) {
        asksAuthgear = settings.authgear != nil
        (introspects, asksUserinfo) = (!settings.introspectors.isEmpty, !settings.userinfos.isEmpty)
        otherCookieNames = settings.otherCookieNames
        otherCookieIssuers = settings.cookieServers.map(\.id)
        tally.setServers(settings.askedServers)
        let issuers = settings.askedIssuers
        guard issuers != old.askedIssuers || settings.introspectors != old.introspectors else { return }
        tokenAnswers.forgetAnswers(notOf: issuers)
        refusedTokens.forgetAnswers(notOf: issuers)
    }

    /// Records come from elsewhere from now on: nothing that rests on those of before is gone on with, and no user that they told of
    /// serves on. Which records a session led to is still a good guess of what to read in advance.
    package mutating func storeChanged() {
        policies.sessionsChanged()
        memory.users.rulesChanged(
            timeout: settings.authgear?.timeout ?? .zero, maximumStale: settings.authgear?.userMaximumStale ?? .zero)
    }

    /// Forgets every answer, between two requests: what is asked from now on is found out anew. Which proofs were used is no answer, and
    /// stays known.
    package mutating func forgetAnswers() {
        // First: what is being found out rests on policies that are over, so it is found out anew.
        policies.formatChanged()
        tokenAnswers.forgetAll()
        sessionAnswers.forgetAll()
        refusedTokens.forgetAll()
        verifiedGrants = VerifiedGrants(besideAnswersOf: settings.caches.tokens)
        apiTokens?.forgetAnswers()
        sessionPolicyChanged()
    }

    private mutating func resize(to caches: CacheRules) {
        tokenAnswers.resize(to: caches.tokens)
        sessionAnswers.resize(to: caches.sessions)
        refusedTokens.resize(besideAnswersOf: caches.tokens)
        verifiedGrants.resize(besideAnswersOf: caches.tokens)
        memory.watches.resize(records: caches.watchedRecords)
        memory.users.resize(to: caches.users)
    }

    private mutating func sessionPolicyChanged() {
        storeChanged()
        chains.forgetAll()
        refusedByAuthgear.removeAll()
        touches.removeAll()
        lastAnswer = nil
    }

    /// Takes the keys that verify so much that tables would be worth their time.
    package mutating func takeKeysInDemand() -> [KeyInDemand] { verifier.takeKeysInDemand() }

    /// Takes a new key ring: a token signed by a key that is gone is no longer valid from the next request on.
    package mutating func publish(_ ring: KeyRing) {
        keys = ring
        policies.set(ring, configured: settings.issuerIDs)
        let present = ring.signers
        guard present != signers else { return }
        if !present.isSuperset(of: signers) {
            tokenAnswers.signersChanged(to: present)
            verifiedGrants.signersChanged(to: present)
        }
        refusedTokens.keysChanged(of: Set(present.symmetricDifference(signers).map(\.issuer)))
        signers = present
    }
}

extension KeyRing {
    /// Every key of every issuer.
    var signers: Set<SignerID> {
        var present: Set<SignerID> = []
        for (id, keys) in zip(ids, issuers) {
            for key in keys.set?.keys ?? [] {
                present.insert(SignerID(issuer: id, fingerprint: key.fingerprint.firstWord))
            }
        }
        return present
    }
}
