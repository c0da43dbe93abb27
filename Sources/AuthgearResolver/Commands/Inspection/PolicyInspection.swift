package import Authentication

/// What an access policy says of one credential, condition by condition: what `inspect --policy` prints behind the checks.
///
/// Each condition is judged as a policy of its own, by the code that judges requests.
package struct PolicyInspection {
    private let policy: AccessPolicy

    package init(_ policy: AccessPolicy) { self.policy = policy }

    /// The policy, then each of its conditions alone.
    package var judges: [AccessPolicy] { [policy] + policy.conditions.map(policy.with(only:)) }

    /// A report on a valid credential, with what the policy says.
    ///
    /// - Parameter refusals: of `judges`, in their order.
    package func report(_ report: Inspection.Report, refusals: [PolicyRefusal?]) -> Inspection.Report {
        var report = report
        if let refusal = refusals.first ?? .credential {
            report.isValid = false
            report.text = "invalid \(refusal.reason)\n" + report.text.drop { $0 != "\n" }.dropFirst()
        }
        report.text += "  policy   \(policy.name)\n"
        for (condition, refusal) in zip(policy.conditions, refusals.dropFirst()) {
            report.text +=
                "  \(refusal == nil ? "passed" : "failed")   \(condition.reason): wanted \(wanted(by: condition))\n"
        }
        return report
    }

    private func wanted(by condition: PolicyRefusal) -> String {
        switch condition {
        case .credential: "one of \((policy.credentials ?? []).map(\.rawValue).joined(separator: ", "))"
        case .issuer: one(of: policy.issuers)
        case .audience: one(of: policy.audiences)
        case .client: one(of: policy.clients)
        case .bound: "a token that is bound to a key, and that proved"
        case .anonymous: "\(policy.isAnonymous ?? false)"
        case .verified: "\(policy.isVerified ?? true)"
        case .scope: "all of \(Self.list(policy.scopes))"
        case .role: one(of: policy.roles)
        case .acr: one(of: policy.contexts)
        case .amr: "all of \(Self.list(policy.authenticationMethods))"
        case .maximumAge: "at most \(policy.maximumAge?.text ?? "0s") ago"
        }
    }

    private func one(of values: [[UInt8]]?) -> String { "one of \(Self.list(values ?? []))" }

    private static func list(_ values: [[UInt8]]) -> String {
        values.map { Reader.quote(String(decoding: $0, as: UTF8.self)) }.joined(separator: ", ")
    }
}
