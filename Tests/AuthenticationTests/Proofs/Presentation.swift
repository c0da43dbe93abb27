import Authentication
import Bytes
import Fixtures
import JOSE

/// A request with a bound token and what proves it, right unless told otherwise.
struct Presentation {
    var token = TokenMint()
    /// Made for the token; nil: none is sent.
    var proof: ProofMint?
    /// Sent in its place, or beside it.
    var proofText: String?
    var moreProofs: [String] = []
    var scheme = "DPoP"
    var method: String? = "GET"
    var target: String? = ProofMint.path
    var certificates: [String] = []
    var cookies: [String] = []

    init(identifier: String = "1", confirmation: String? = ProofMint.confirmation()) {
        token.claims["cnf"] = confirmation
        proof = ProofMint(for: token.token, identifier: identifier)
    }

    /// After the token has changed.
    mutating func bindProof() { proof?.claims["ath"] = #""\#(ProofMint.hash(of: token.token))""# }

    var authorization: String { "\(scheme) \(String(decoding: token.token, as: UTF8.self))" }

    var further: [(RequestFields.Further, String)] {
        var fields: [(RequestFields.Further, String)] = []
        if let method { fields.append((.originalMethod, method)) }
        if let target { fields.append((.originalURI, target)) }
        for text in [proofText ?? proof?.proof].compactMap(\.self) + moreProofs { fields.append((.proof, text)) }
        for certificate in certificates { fields.append((.certificate, certificate)) }
        return fields
    }
}

extension Desk {
    static let proofs = DPoPRules(origins: [Origin(ProofMint.origin)].compactMap(\.self))

    /// One that takes proofs by keys, and, in nginx's format, by certificates.
    static func ofProofs(
        _ rules: DPoPRules? = proofs, certificates: ClientCertificateRules? = ClientCertificateRules(format: .nginx),
        policies: [AccessPolicy] = [], challenge: Challenge = Challenge(), replays: (any ReplayMemory)? = nil,
        compatibility: Compatibility = .spec
    ) -> Desk {
        var desk = Desk(
            issuers: [TokenMint.trustedIssuer()], keys: TokenMint.ring(),
            store: Desk.store(session: Desk.session(createdAt: TokenMint.now, lastAccess: TokenMint.now)),
            compatibility: compatibility,
            policies: policies, dpop: rules, clientCertificate: certificates, challenge: challenge, replays: replays)
        desk.now = TokenMint.now
        return desk
    }

    mutating func ask(
        _ endpoint: Endpoint = .resolve, policy: String? = nil, presenting presentation: Presentation
    ) -> [String] {
        ask(
            endpoint, policy: policy, authorization: presentation.authorization, cookies: presentation.cookies,
            further: presentation.further)
    }
}
