import Bytes
import JOSE

/// What a credential has to satisfy where the gateway asks for more than a valid one (contract section 15). All that it states must
/// hold; what the credential does not state does not hold.
package struct AccessPolicy: Hashable, Sendable {
    /// 1 to 63 of `a-z0-9-`.
    package var name: String
    /// Of one of these kinds; nil: of any. So for the lists below.
    package var credentials: [PresentedKind]?
    package var issuers: [[UInt8]]?
    package var audiences: [[UInt8]]?
    package var clients: [[UInt8]]?
    /// Whether the token has to be bound to a key whose possession was proved.
    package var isBound = false
    /// Whether the user has to be anonymous, or has not to be.
    package var isAnonymous: Bool?
    package var isVerified: Bool?
    /// It has all of these.
    package var scopes: [[UInt8]] = []
    /// It has one of these.
    package var roles: [[UInt8]]?
    package var contexts: [[UInt8]]?
    /// The user proved who he is by all of these.
    package var authenticationMethods: [[UInt8]] = []
    /// How long ago he may have done so; whole seconds.
    package var maximumAge: Duration?

    package init(name: String) { self.name = name }

    /// The first condition that does not hold, but for the age, which the clock decides at each request and which comes last.
    func refusal(of identity: Identity, on terms: CredentialTerms) -> PolicyRefusal? {
        PolicyRefusal.order.first { condition in
            condition != .maximumAge && states(condition) && !holds(condition, for: identity, on: terms, now: nil)
        }
    }

    /// The conditions that it states, in the order in which they are looked at.
    package var conditions: [PolicyRefusal] { PolicyRefusal.order.filter(states) }

    /// The policy with this one of its conditions alone.
    package func with(only condition: PolicyRefusal) -> AccessPolicy {
        var policy = AccessPolicy(name: name)
        switch condition {
        case .credential: policy.credentials = credentials
        case .issuer: policy.issuers = issuers
        case .audience: policy.audiences = audiences
        case .client: policy.clients = clients
        case .bound: policy.isBound = isBound
        case .anonymous: policy.isAnonymous = isAnonymous
        case .verified: policy.isVerified = isVerified
        case .scope: policy.scopes = scopes
        case .role: policy.roles = roles
        case .acr: policy.contexts = contexts
        case .amr: policy.authenticationMethods = authenticationMethods
        case .maximumAge: policy.maximumAge = maximumAge
        }
        return policy
    }

    private func states(_ condition: PolicyRefusal) -> Bool {
        switch condition {
        case .credential: credentials != nil
        case .issuer: issuers != nil
        case .audience: audiences != nil
        case .client: clients != nil
        case .bound: isBound
        case .anonymous: isAnonymous != nil
        case .verified: isVerified != nil
        case .scope: !scopes.isEmpty
        case .role: roles != nil
        case .acr: contexts != nil
        case .amr: !authenticationMethods.isEmpty
        case .maximumAge: maximumAge != nil
        }
    }

    /// Whether a condition that it states holds.
    ///
    /// - Parameter now: nil: no age is too old.
    func holds(_ condition: PolicyRefusal, for identity: Identity, on terms: CredentialTerms, now: Timestamp?) -> Bool {
        let claims = identity.claims
        switch condition {
        case .credential: return credentials?.contains(terms.kind) ?? true
        case .issuer: return Self.holds(one: issuers, of: terms.issuer.map { [$0] } ?? [])
        case .audience: return Self.holds(one: audiences, of: terms.audiences)
        case .client: return Self.holds(one: clients, of: terms.client.map { [$0] } ?? [])
        case .bound: return terms.isBound
        case .anonymous: return claims.isAnonymous == isAnonymous
        case .verified: return claims.isVerified == isVerified
        case .scope: return scopes.allSatisfy(terms.scopes.contains)
        case .role: return Self.holds(one: roles, of: claims.roles ?? [])
        case .acr: return Self.holds(one: contexts, of: terms.contexts)
        case .amr: return authenticationMethods.allSatisfy((claims.authenticationMethods ?? []).contains)
        case .maximumAge:
            guard let now, let maximumAge else { return true }
            return identity.authenticatedAt.map { now <= $0 + maximumAge } ?? false
        }
    }

    private static func holds(one expected: [[UInt8]]?, of stated: [[UInt8]]) -> Bool {
        expected.map { $0.contains(where: stated.contains) } ?? true
    }
}

/// Why an access policy turns a valid credential away, in the order of the checks: what logging in again can't change comes first.
package enum PolicyRefusal: UInt8, CaseIterable, Sendable {
    case credential = 1
    case issuer, audience, client, bound
    case anonymous, verified, scope, role
    case acr, amr, maximumAge

    /// In which they are looked at.
    static let order = allCases

    package var reason: StaticString {
        switch self {
        case .credential: "credential"
        case .issuer: "issuer"
        case .audience: "audience"
        case .client: "client"
        case .bound: "bound"
        case .anonymous: "anonymous"
        case .verified: "verified"
        case .scope: "scope"
        case .role: "role"
        case .acr: "acr"
        case .amr: "amr"
        case .maximumAge: "max_age"
        }
    }
}

/// What every access policy says of one valid credential: one byte each, kept with its answer.
struct PolicyJudgements: Sendable {
    /// Why a policy refuses it, by the policy's place; 0 where it does not.
    private let refusals: [UInt8]
    /// For the policies that state a maximum age; nil when the credential does not say it.
    private let authenticatedAt: Timestamp?

    init(of identity: Identity, on terms: CredentialTerms, by policies: [AccessPolicy]) {
        refusals = policies.map { $0.refusal(of: identity, on: terms)?.rawValue ?? 0 }
        authenticatedAt = identity.authenticatedAt
    }

    /// Why the policy at a place refuses it now.
    ///
    /// - Parameter maximumAge: the policy's, in microseconds; nil when it states none.
    @inline(__always)
    func refusal(at place: Int, maximumAge: Int64?, now: Timestamp) -> UInt8 {
        // Judged by fewer policies than there are, it is none that this one lets in.
        guard place < refusals.count else { return PolicyRefusal.credential.rawValue }
        guard refusals[place] == 0, let maximumAge else { return refusals[place] }
        guard let authenticatedAt, now <= authenticatedAt.adding(microseconds: maximumAge) else {
            return PolicyRefusal.maximumAge.rawValue
        }
        return 0
    }

    /// For the fields that a policy adds to the answer, in bytes.
    static let reservedLength = 64

    /// The memory that it takes beside the value itself: the array's header and bytes.
    var memory: Int { 32 + refusals.capacity }
}
