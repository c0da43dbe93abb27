import Authentication
package import Bytes
import HTTP1
package import JOSE

/// Judges tokens for a person: what `inspect` does, without input and output.
package struct Inspection {
    /// How much of a token is judged.
    package enum Scope {
        /// All of contract section 4, on this issuer's terms, and whether the claims can be headers (section 3).
        case everything(TrustedIssuer)
        /// Form, header, key and signature; any known algorithm (steps 1, 2, 6 and 7).
        case signature
    }

    /// One token's verdict.
    package struct Report: Equatable {
        package var isValid: Bool
        /// `valid` or `invalid <reason>`, and indented lines that explain it if they were asked for. Ends with a line break.
        package var text: String
        /// What may have happened to the token before it came here.
        package var hint: String?

        package init(isValid: Bool, text: String, hint: String? = nil) {
            self.isValid = isValid
            self.text = text
            self.hint = hint
        }
    }

    /// Longer tokens are invalid.
    package let maximumTokenBytes: Int
    /// Empty when only signatures are looked at.
    private let issuers: [TrustedIssuer]
    /// Each issuer's; nil when none of them can be used. Without issuers, one.
    private let keySets: [KeySet?]
    /// Nil when only signatures are looked at.
    private let verifier: TokenVerifier?
    /// The proofs of possession that the service checks.
    private let methods: KeyBinding.Methods
    private let format: AnswerFormat
    private let isExplaining: Bool

    package init(keys: KeySet?, scope: Scope, isExplaining: Bool = false) {
        let issuers: [TrustedIssuer] = if case .everything(let issuer) = scope { [issuer] } else { [] }
        self.init(issuers: issuers, keySets: [keys], Configuration(), isExplaining: isExplaining)
    }

    /// Judges as `serve` does with this configuration.
    ///
    /// - Parameter keySets: each issuer's, in their order; nil where there are none.
    package init(_ configuration: Configuration, keySets: [KeySet?]) {
        self.init(issuers: configuration.issuersWithKeys.map(\.trusted), keySets: keySets, configuration)
    }

    private init(
        issuers: [TrustedIssuer], keySets: [KeySet?], _ configuration: Configuration, isExplaining: Bool = false
    ) {
        self.issuers = issuers
        self.keySets = keySets
        self.isExplaining = isExplaining
        maximumTokenBytes = configuration.limits.tokenBytes
        format = configuration.answerFormat
        var methods: KeyBinding.Methods = []
        if configuration.dpop != nil { methods.insert(.proof) }
        if configuration.clientCertificate != nil { methods.insert(.certificate) }
        self.methods = methods
        // A bearer's: one that is bound by `jkt` has to come under another scheme.
        verifier =
            issuers.isEmpty
            ? nil
            : TokenVerifier(
                issuers: issuers, maximumTokenBytes: maximumTokenBytes, provableBy: methods.intersection(.certificate))
    }

    package func report(on token: RawSpan, now: Timestamp) -> Report {
        let judgement = judge(token, now: now)
        let facts = TokenFacts(token)
        let failed = judgement.checks.first { $0.outcome == .failed }?.check
        let reason = failed?.reason ?? judgement.refusal?.reason ?? judgement.unproved?.reason
        let verdict = reason.map { "invalid \($0)\n" } ?? "valid\n"
        let hint = TokenHint([UInt8](copying: token), facts: facts, refusal: failed)?.description
        var report = Report(isValid: reason == nil, text: verdict, hint: hint)
        guard isExplaining else { return report }
        report.text += explanation(of: facts, now: now).lines(on: judgement.checks) + judgement.headerLines
        if let hint { report.text += "  hint     \(hint)\n" }
        return report
    }

    /// A line for each check of a token, up to the one that failed.
    ///
    /// - Parameter passedAlone: whether that one is left out.
    func checkLines(on token: RawSpan, passedAlone: Bool, now: Timestamp) -> String {
        let checks = judge(token, now: now).checks.filter { !passedAlone || $0.outcome == .passed }
        return explanation(of: TokenFacts(token), now: now).lines(on: checks)
    }

    private func explanation(of facts: TokenFacts, now: Timestamp) -> TokenExplanation {
        TokenExplanation(
            facts: facts, issuers: issuers, keys: keys(of: facts), maximumTokenBytes: maximumTokenBytes,
            methods: methods,
            now: now)
    }

    /// What came of a token.
    private struct Judgement {
        var checks: [TokenCheck]
        /// The headers' answer; nil unless all checks passed and there are any.
        var answer: Answer?
        /// Why its claims can't be headers.
        var refusal: HeaderRefusal?
        /// What its sender would have to prove, and a token alone does not.
        var unproved: ProofRefusal?
        /// The token is good, and its headers would be too long.
        var longAnswer: LongAnswer?

        /// The headers that `serve` would answer, or why there are none.
        var headerLines: String {
            if let refusal {
                return refusal.line
            }
            if let longAnswer { return "  headers: none but 503 answer_too_long: \(longAnswer.words)\n" }
            if let unproved { return unproved.line }
            guard let answer else { return "" }
            return String(decoding: answer.bytes, as: UTF8.self).split(separator: "\r\n")
                .filter { $0.hasPrefix("x-authgear-") }.map { "  \($0)\n" }.joined()
        }
    }

    private func judge(_ token: RawSpan, now: Timestamp) -> Judgement {
        guard var verifier else { return Judgement(checks: signatureChecks(of: token)) }
        let ring = KeyRing(issuers: keySets.map { IssuerKeys(set: $0, usableUntil: .max) })
        let verdict = verifier.verify(token, with: ring, now: Moment(steady: 0, timestamp: now))
        var judgement = Judgement(checks: verdict.checks)
        guard case .valid(let token) = verdict else { return judgement }
        if token.binding != nil { judgement.unproved = .certificateMissing }
        do throws(AnswerFault) {
            judgement.answer = try format.unjudgedAnswer(
                for: Identity(token), statement: token.statement, by: HTTP1Renderer())
        } catch {
            switch error {
            case .refused(let refusal): judgement.refusal = refusal
            case .tooLong(let answer): judgement.longAnswer = answer
            }
        }
        return judgement
    }

    private func signatureChecks(of token: RawSpan) -> [TokenCheck] {
        do throws(TokenRefusal) {
            try TokenVerifier.verifySignature(of: token, with: keySets[0], maximumTokenBytes: maximumTokenBytes)
            return TokenCheck.list(endingAt: nil, signatureOnly: true)
        } catch {
            return TokenCheck.list(endingAt: error, signatureOnly: true)
        }
    }

    /// The keys that the token's issuer has.
    private func keys(of facts: TokenFacts) -> KeySet? {
        guard !issuers.isEmpty else { return keySets[0] }
        return issuers.firstIndex { $0.identifier == facts.issuer }.flatMap { keySets[$0] }
    }
}

extension ProofRefusal {
    /// A line on what a token alone does not prove.
    var line: String {
        CheckSentence(
            subject: "cnf", found: "no proof: it is the token alone that is looked at",
            wanted: "the client's certificate, which the gateway hands on, with the digest that x5t#S256 names"
        ).failed(reason)
    }
}

extension HeaderRefusal {
    /// A line on the check that failed.
    var line: String {
        CheckSentence(subject: "headers", found: found, wanted: "values that a header can have").failed(reason)
    }

    /// What is wrong with a value, in words.
    private var found: String {
        switch self {
        case .unprintable: "one with a byte outside printable ASCII, or a space at an end"
        case .holdsSeparator: "a list with an item that holds the list's separator"
        }
    }
}
