import Bytes

// What some gateways need of an answer beside the headers that have a value (contract sections 25 and 26).
extension Resolver {
    /// The headers that only the resolver may write, in lower case.
    package var ownNames: [String] { settings.delivery.names }

    /// Makes an answer what is given: asserted, and with what the gateway has to know.
    @inline(__always)
    mutating func deliver(_ answer: inout Answer, to request: ResolveRequest, in head: RawSpan, now: Moment) {
        renewAssertion(of: &answer, now: now)
        guard settings.delivery.concludes, answer.status == .ok else { return }
        complete(&answer)
        guard settings.delivery.removal == .envoy else { return }
        remove(SpelledNames(in: head, besides: settings.delivery.names), from: &answer)
    }

    /// The same, for a request that has waited.
    mutating func deliver(_ answer: inout Answer, spelled: SpelledNames?, now: Moment) {
        renewAssertion(of: &answer, now: now)
        guard settings.delivery.concludes, answer.status == .ok else { return }
        complete(&answer)
        guard settings.delivery.removal == .envoy else { return }
        // Without the names, or with those of other settings, the settings are younger than the request: what it sent is not known any
        // more.
        guard let spelled, spelled.own == settings.delivery.names else { return answer = tooLong() }
        remove(spelled, from: &answer)
    }

    /// Whether a request is a preflight that is let in without a credential (Fetch standard, CORS-preflight fetch).
    func lets(preflight request: ResolveRequest, in head: RawSpan) -> Bool {
        guard settings.delivery.allowsPreflights, let method = request.fields.single(.originalMethod),
            head.extracting(method.range).equals("OPTIONS")
        else { return false }
        return request.fields[.origin] != nil && request.fields[.requestMethod] != nil
    }

    /// Gives an answer that lets a request in all of our headers: those of access policies are added here, as a remembered answer
    /// can't have them.
    @inline(__always)
    private func complete(_ answer: inout Answer) {
        guard answer.outcome == .valid, answer.more == nil, let unsaid = policyAnswers.unsaid else { return }
        answer.append(unsaid)
    }

    /// Has an answer tell Envoy which fields to take away: those of ours that it does not have, and what the client sent under
    /// other spellings. None that it has is among them, as Envoy takes away what stands in both lists.
    private mutating func remove(_ spelled: SpelledNames, from answer: inout Answer) {
        guard !spelled.areTooMany else { return answer = tooLong() }
        let names = settings.delivery.names
        var absent = zip(names, renderer.values(of: names, in: answer.bytes + (answer.more ?? [])))
            .filter { $0.1 == nil }.map(\.0)
        if answer.assertion != nil { absent.removeAll { $0 == settings.assertion?.header } }
        let all = absent + spelled.names
        guard !all.isEmpty else { return }
        var fields = FieldWriter()
        fields.add("x-envoy-auth-headers-to-remove", text: all.joined(separator: ","))
        answer.append(renderer.render(added: fields.fields))
    }

    /// What a request is answered whose fields were read by other settings than those of now: what is missing of them nobody knows.
    package mutating func outdated() -> Answer { tooLong() }

    private mutating func tooLong() -> Answer {
        tally.count(UnknownReason.answerTooLong)
        return standardAnswers.answer(for: .answerTooLong)
    }
}
