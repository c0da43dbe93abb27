import Authentication
import JOSE

extension Finding {
    /// What to know of access policies: which can never be met with a token of which issuer, for what it has no place for, and which ask
    /// for an issuer that there is not.
    package static func hints(onPoliciesOf configuration: Configuration) -> [Finding] {
        let known = configuration.issuers.map(\.identifier) + configuration.cookies.map(\.name)
        return configuration.policies.flatMap { policy in
            let issuers = (policy.issuers ?? []).map { String(decoding: $0, as: UTF8.self) }
            let strangers = issuers.filter { !known.contains($0) }.map { name in
                hint(on: "policies.\(policy.name).issuers", "nobody in issuers is called \(Reader.quote(name))")
            }
            return strangers + configuration.issuers.compactMap { hint(on: policy, about: $0, in: configuration) }
        }
    }

    private static func hint(
        on policy: AccessPolicy, about issuer: Configuration.Issuer, in configuration: Configuration
    ) -> Finding? {
        let missing = policy.unmet(by: issuer, in: configuration)
        guard !missing.isEmpty else { return nil }
        return .hint(
            on: "policies.\(policy.name)",
            "no token of \(issuer.identifier) can satisfy it, for want of \(missing.joined(separator: ", "))")
    }
}

extension AccessPolicy {
    private func wantOfProofs(by issuer: Configuration.Issuer, in configuration: Configuration) -> String? {
        guard configuration.dpop != nil || configuration.clientCertificate != nil else {
            return "proofs of possession (dpop or client_certificate)"
        }
        return issuer.confirmation == .check ? nil : "a proof that is checked here (confirmation: check)"
    }

    /// The conditions that no token of an issuer satisfies, and why.
    fileprivate func unmet(by issuer: Configuration.Issuer, in configuration: Configuration) -> [String] {
        let places = issuer.claims.places
        // Who is not meant is no matter: such policies are for others.
        if let credentials, !credentials.contains(.token) { return [] }
        if let issuers, !issuers.contains(Array(issuer.identifier.utf8)) { return [] }
        return conditions.compactMap { condition in
            switch condition {
            case .credential, .issuer: nil
            case .audience:
                audiences?.contains { issuer.audiences.map { Array($0.utf8) }.contains($0) } == true
                    ? nil : "an audience that issuers[].audiences has"
            case .client: places.client == nil ? "a claim client" : nil
            case .bound: wantOfProofs(by: issuer, in: configuration)
            case .anonymous: places.anonymous == nil ? "a claim anonymous" : nil
            case .verified: places.verified == nil ? "a claim verified" : nil
            case .scope: places.scopes == nil ? "a claim scopes" : nil
            case .role: places.roles == nil ? "a claim roles" : nil
            case .acr: places.contexts == nil ? "a claim acr" : nil
            case .amr: places.authenticationMethods == nil ? "a claim amr" : nil
            case .maximumAge: places.authenticatedAt == nil ? "a claim authenticated_at" : nil
            }
        }
    }
}
