import Bytes
import JOSE

/// Asking Authgear about requests that were answered here, to see whether it would have said the same (contract
/// section 12, `shadow`). It changes no answer.
extension Resolver {
    /// The question about a request with all its credentials, if it is one of those that are compared; nil when it is not,
    /// when it has none, when no request can carry them as they are, when one of them is an API token or, by its prefix, one of
    /// another server's, which Authgear neither knows nor is to see, when it has a cookie whose session another server knows, when
    /// another site may have sent it, and when a token comes with a proof, which is used up here. What turns out to be bound to a key
    /// is not compared either, whatever became of it: Authgear has no proof of it to judge.
    mutating func shadowQuestion(_ request: ResolveRequest, in head: RawSpan) -> AuthgearQuestion? {
        guard shadow?.picks() == true, presentedToken(request, in: head)?.scheme != .dpop,
            !presentsAPIToken(request, in: head), !presentsOthersToken(request, in: head),
            settings.csrf?.allow(request, in: head) ?? true
        else { return nil }
        var others = OtherCookies(in: request.fields.cookies)
        guard others.next(named: otherCookieNames, in: head) == nil else { return nil }
        var authorization: [UInt8]?
        if let field = request.fields.authorization, let place = BearerToken.extract(from: field, in: head) {
            authorization = Array("Bearer ".utf8) + [UInt8](copying: head.extracting(place.range))
        }
        var cookies: [UInt8] = []
        var credentials = CookieCredentials(in: request.fields.cookies, named: cookieNames, of: head)
        while let (kind, place) = credentials.next() {
            if kind == .appAccessToken, APIToken.isOwn(head.extracting(place.range)) { return nil }
            let value = [UInt8](copying: head.extracting(place.range))
            guard AuthgearQuestion.isCookieValue(value) else { continue }
            if !cookies.isEmpty { cookies += "; ".utf8 }
            cookies += cookieNames.name(of: kind)
            cookies.append(UInt8(ascii: "="))
            cookies += value
        }
        guard authorization != nil || !cookies.isEmpty else { return nil }
        let digest = SHA256Digest(of: ((authorization ?? []) + [0] + cookies).span.bytes)
        let question = AuthgearQuestion(
            about: .request(authorization: authorization, cookies: cookies), digest: digest, of: request, in: head,
            wasValid: false)
        return question.isAskable ? question : nil
    }

    /// The answer of a request that waited, which is compared if it is one of those.
    mutating func shadowed(_ answer: Answer, by question: AuthgearQuestion?) -> Answer {
        if let question { shadow(answer, by: question) }
        return answer
    }

    /// Has Authgear asked about a request that was answered.
    mutating func shadow(_ answer: Answer, by question: AuthgearQuestion) {
        guard answer.outcome != .unknown else { return tally.shadow.countUnknown() }
        let known = question.knowing(wasValid: answer.outcome == .valid)
        askInBackground(
            BackgroundQuestion(
                question: known, purpose: .shadow,
                subject: .request(ShadowComparison(answer, renderedBy: renderer))))
    }

    /// Authgear was asked about a request that was answered so.
    mutating func compare(_ ours: ShadowComparison, with reply: AuthgearReply) {
        if case .unknown(let failure) = reply { return tally.shadow.count(failure) }
        guard let theirs = ShadowComparison(reply, format: settings.format, renderedBy: renderer) else { return }
        let differences = ours.differences(from: theirs)
        tally.shadow.compared(differences)
        guard !differences.isEmpty else { return }
        for header in differences { shadowDifferences[header, default: 0] += 1 }
    }

    /// How often which header was not the same since the last call, for the log; nil when all were.
    package mutating func takeShadowDifferences() -> [(header: String, count: Int)]? {
        guard !shadowDifferences.isEmpty else { return nil }
        defer { shadowDifferences = [:] }
        return shadowDifferences.sorted { $0.key < $1.key }.map { (ShadowTally.headers[$0.key], $0.value) }
    }
}
