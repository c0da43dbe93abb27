/// Writes `WWW-Authenticate` (RFC 9110 section 11.6.1, RFC 6750 section 3): one challenge, its parameters in a fixed order.
package struct Challenge: Hashable, Sendable {
    /// The longest that a policy's may be.
    package static let maximumLength = 1024

    /// The protection space; nil: none is stated.
    package var realm: String?
    /// Where the resource's metadata is (RFC 9728 section 5.1); nil: not stated.
    package var resourceMetadata: String?

    /// With which algorithms proofs of possession may be signed, as `algs` has them (RFC 9449 section 7.1); nil: none are taken.
    package var proofAlgorithms: String?

    package init(realm: String? = nil, resourceMetadata: String? = nil) {
        self.realm = realm
        self.resourceMetadata = resourceMetadata
    }

    /// The same, with the algorithms that proofs may be signed with.
    package func stating(_ proofs: DPoPRules?) -> Challenge {
        var challenge = self
        challenge.proofAlgorithms = proofs?.algorithmNames
        return challenge
    }

    /// The field's value for the scheme `Bearer` alone.
    package func bearer(_ error: Error? = nil) -> String {
        Self.line(
            "Bearer",
            [
                ("realm", realm), ("error", error?.code), ("scope", error?.scope), ("acr_values", error?.contexts),
                ("max_age", error?.maximumAge.map(String.init)), ("resource_metadata", resourceMetadata),
            ])
    }

    /// The field's value for the scheme `DPoP` alone.
    package func dpop(_ error: Error? = nil) -> String {
        Self.line(
            "DPoP",
            [
                ("realm", realm), ("algs", proofAlgorithms), ("error", error?.code), ("scope", error?.scope),
                ("acr_values", error?.contexts), ("max_age", error?.maximumAge.map(String.init)),
                ("resource_metadata", resourceMetadata),
            ])
    }

    /// The field's value of a 401 where nobody presented a token under `DPoP`: all schemes there are.
    package func unauthorized(_ error: Error? = nil) -> String {
        guard proofAlgorithms != nil else { return bearer(error) }
        return Self.line("DPoP", [("realm", realm), ("algs", proofAlgorithms)]) + ", " + bearer(error)
    }

    /// How long the longest is that is made of an error.
    package func longest(_ error: Error) -> Int {
        max(unauthorized(error).utf8.count, proofAlgorithms == nil ? 0 : dpop(error).utf8.count)
    }

    private static func line(_ scheme: String, _ parameters: [(name: String, value: String?)]) -> String {
        let stated = parameters.compactMap { parameter in
            parameter.value.map { "\(parameter.name)=\"\($0)\"" }
        }
        return stated.isEmpty ? scheme : "\(scheme) \(stated.joined(separator: ", "))"
    }

    /// What is wrong with what was presented.
    package struct Error: Sendable {
        /// `invalid_token`, `insufficient_scope` (RFC 6750 section 3.1), `insufficient_user_authentication` (RFC 9470) or
        /// `invalid_dpop_proof` (RFC 9449 section 7.1).
        var code: String
        /// The scopes that are needed, separated by spaces.
        var scope: String?
        /// The authentication context classes one of which is needed, in the same way.
        var contexts: String?
        /// In seconds.
        var maximumAge: Int64?

        static var invalidToken: Error { Error(code: "invalid_token") }
        static var invalidProof: Error { Error(code: "invalid_dpop_proof") }

        /// What a policy refuses a credential for.
        package init(_ refusal: PolicyRefusal, of policy: AccessPolicy) {
            switch refusal {
            case .credential, .issuer, .audience, .client, .bound: code = "invalid_token"
            case .anonymous, .verified, .role: code = "insufficient_scope"
            case .scope:
                code = "insufficient_scope"
                scope = Self.list(policy.scopes)
            case .acr:
                code = "insufficient_user_authentication"
                contexts = Self.list(policy.contexts ?? [])
            case .amr: code = "insufficient_user_authentication"
            case .maximumAge:
                code = "insufficient_user_authentication"
                maximumAge = policy.maximumAge.map { $0.components.seconds }
            }
        }

        private init(code: String) { self.code = code }

        private static func list(_ values: [[UInt8]]) -> String {
            values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
    }
}
