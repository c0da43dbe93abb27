package import Authentication
package import Bytes
import HTTP1
package import JOSE
import Worker

/// Judges one credential of any kind for a person, as the service would at this moment: what `inspect --cookie` and
/// `inspect --token` do, without input and output.
///
/// It is the service's own decision: a resolver gets a request with the credential alone, and what it waits for is done, and
/// noted. No byte of the credential is in the report, and of hashes that stand for one only the beginning.
package struct CredentialInspection {
    private let configuration: Configuration
    /// Each issuer's, in their order; nil where there are none.
    private let keySets: [KeySet?]
    private let sources: InspectionSources
    /// Nil: a valid credential is judged by none.
    private let policy: PolicyInspection?
    private let apiTokens: APITokenList?

    /// - Parameter apiTokens: nil where none are configured.
    package init(
        _ configuration: Configuration, keySets: [KeySet?], policy: AccessPolicy? = nil, apiTokens: [APIToken]? = nil,
        asking sources: InspectionSources
    ) {
        self.apiTokens = apiTokens.map(APITokenList.init)
        self.policy = policy.map(PolicyInspection.init)
        self.configuration = configuration
        self.keySets = keySets
        self.sources = sources
    }

    /// - Parameter clock: says what time it is, whenever it is asked.
    package func report(
        on credential: PresentedCredential, clock: () -> Timestamp
    ) async -> Inspection.Report {
        let head = credential.requestHead
        var parser = HeadParser()
        do throws(HeadError) {
            guard try parser.advance(over: head.span.bytes, limit: configuration.limits.headerBytes) else {
                throw .headTooLarge
            }
        } catch {
            let status = "\(error.status.code) \(error.status.phrase)"
            return Inspection.Report(isValid: false, text: "invalid bad_request\n  HTTP/1.1 \(status)\n", hint: nil)
        }
        var configuration = configuration
        // It is a credential that is judged, and not a request.
        configuration.csrf = nil
        if let policy { configuration.policies = policy.judges }
        var resolver = configuration.resolver()
        resolver.adopt(apiTokens)
        resolver.tally = Tally(takesNotes: true)
        resolver.publish(
            KeyRing(
                issuers: keySets.map { IssuerKeys(set: $0, usableUntil: .max) }, ids: configuration.idsWithKeys(of: nil)
            ))
        var trace = CredentialTrace()
        let request = ResolveRequest(.resolve, fields: parser.head.fields)
        var step = resolver.resolve(request, in: head.span.bytes, now: Self.moment(at: clock()))
        while true {
            switch consume step {
            case .wait(let effect, let parked):
                let reply = await trace.perform(effect, with: sources)
                step = resolver.resume(parked, with: reply, now: Self.moment(at: clock()))
            case .answer(let answer):
                let outcome = InspectedOutcome(answer, of: &resolver)
                let now = clock()
                guard let policy, outcome.isValid else {
                    return report(on: credential, trace: trace, outcome: outcome, now: now)
                }
                let refusals = policy.judges.indices.map { resolver.refusal(of: answer, byPolicyAt: $0, now: now) }
                return policy.report(
                    report(on: credential, trace: trace, outcome: outcome, now: now), refusals: refusals)
            }
        }
    }

    /// Nothing is kept from one credential to the next, so that the steady clock may stand still.
    private static func moment(at now: Timestamp) -> Moment { Moment(steady: 0, timestamp: now) }

    private func report(
        on credential: PresentedCredential, trace: CredentialTrace, outcome: InspectedOutcome, now: Timestamp
    ) -> Inspection.Report {
        let kind = credential.kind(in: configuration)
        var text = outcome.verdict + "\n"
        if kind == .token || outcome.isTooLong { text += tokenLines(on: credential.value, trace: trace, now: now) }
        if let kind {
            let subject = TokenFacts(credential.value.span.bytes).payload["sub"]
            let explanation = RecordExplanation(configuration, of: kind, subject: subject, now: now)
            text += trace.lines(by: explanation, refusal: outcome.recordRefusal)
        }
        text += outcome.lines
        if outcome.isNone { text += "  none     \(reasonForNone(of: kind))\n" }
        text += outcome.headLines
        let hint = outcome.isValid ? nil : hint(on: credential, kind: kind)
        if let hint { text += "  hint     \(hint)\n" }
        return Inspection.Report(isValid: outcome.isValid, text: text, hint: hint)
    }

    /// What the checks of a token itself found. Of one whose key could not be had, those before it.
    private func tokenLines(on token: [UInt8], trace: CredentialTrace, now: Timestamp) -> String {
        guard !configuration.issuersWithKeys.isEmpty else {
            return "  failed   iss: the configuration has no issuers, so that no JWT is valid\n"
        }
        return Inspection(configuration, keySets: keySets)
            .checkLines(on: token.span.bytes, passedAlone: trace.key == .unavailable, now: now)
    }

    private func reasonForNone(of kind: RefusedCredential?) -> String {
        guard kind == nil else {
            return "sessions.store is none, so that only \(configuration.credentialsWithoutStore) are credentials"
        }
        let prefix = configuration.sessions.cookiePrefix
        let names = CookieNames.allOfAuthgear.map { "\"\(prefix)\($0)\"" }
        let others = configuration.cookies.map { "\"\($0.name)\"" }
        return "this cookie is no credential; those are \(names.joined(separator: ", ")) (sessions.cookie_prefix)"
            + (others.isEmpty ? "" : " and \(others.joined(separator: ", ")) (cookies)")
    }

    private func hint(on credential: PresentedCredential, kind: RefusedCredential?) -> String? {
        guard kind == .token || kind == .accessToken else { return nil }
        let value = credential.value
        if let hint = TokenHint(value, facts: TokenFacts(value.span.bytes), refusal: nil, isLookedUp: true) {
            return hint.description
        }
        guard value.count(where: { $0 == UInt8(ascii: ".") }) == 1 else { return nil }
        return "it has one dot, as the value of a session cookie has: is it --cookie session=VALUE?"
    }
}
