import Bytes

/// A public key that signatures are verified with: checked, and ready for every algorithm that it allows.
///
/// Shared by all event loops.
package final class VerificationKey: Sendable {
    /// The longest `kid` of a key or a token, in bytes.
    package static let maximumKidBytes = 256

    /// `kid`, unescaped; nil when the key has none.
    package let kid: [UInt8]?
    package let type: KeyType
    /// `alg`: the one algorithm that the key is for; nil when it doesn't say.
    package let algorithm: Algorithm?
    /// Two keys with the same fingerprint verify the same tokens: a digest of the numbers, `kid` and `alg`. What
    /// `use` and `key_ops` say was judged before there was a key, so it is not in it.
    package let fingerprint: SHA256Digest
    /// One per algorithm that the key allows.
    private let contexts: [SignatureContext]
    /// What a table is made from, of a key for P-256.
    private let point: [UInt8]?
    private let table: P256Table?

    package init(_ material: PublicKeyMaterial, kid: [UInt8]?, algorithm: Algorithm?) throws(KeyRefusal) {
        guard (kid?.count ?? 0) <= Self.maximumKidBytes else { throw .kidTooLong }
        guard algorithm == nil || algorithm?.keyType == material.type else { throw .algorithmUnsuitable }
        let material = material.canonical
        let key = try PublicKey(material)
        var contexts: [SignatureContext] = []
        for candidate in Algorithm.allCases
        where candidate.keyType == material.type && (algorithm == nil || algorithm == candidate) {
            guard let context = SignatureContext(candidate, key) else { throw .algorithmUnsuitable }
            contexts.append(context)
        }
        self.kid = kid
        self.type = material.type
        self.algorithm = algorithm
        self.fingerprint = Self.fingerprint(of: material, kid: kid, algorithm: algorithm)
        self.contexts = contexts
        if case .ec(.p256, let x, let y) = material { point = [4] + x + y } else { point = nil }
        table = nil
    }

    /// The same key with a table.
    private init(_ key: VerificationKey, table: P256Table) {
        (kid, type, algorithm, fingerprint) = (key.kid, key.type, key.algorithm, key.fingerprint)
        (contexts, point, self.table) = (key.contexts, key.point, table)
    }

    /// Whether a table could shorten its verifications and it has none.
    package var isShortOfTable: Bool { point != nil && table == nil }

    /// Whether it verifies by a table.
    package var hasTable: Bool { table != nil }

    /// The same key with a table of multiples of its point, by which ES256 takes a third of the time. Takes some 20 ms to
    /// make, and 154 kB.
    ///
    /// - Returns: nil when libcrypto makes no table for it.
    package func withTable() -> VerificationKey? {
        point.flatMap(P256Table.init).map { VerificationKey(self, table: $0) }
    }

    /// The same key with the table that another object of it has, if it does.
    func keepingTable(of other: VerificationKey?) -> VerificationKey {
        guard table == nil, let other, other.fingerprint == fingerprint, let table = other.table else { return self }
        return VerificationKey(self, table: table)
    }

    /// Whether the key's type, curve and `alg` allow this algorithm.
    package func fits(_ algorithm: Algorithm) -> Bool {
        context(for: algorithm) != nil
    }

    /// How many bytes this key's signatures have.
    var signatureBytes: Int {
        contexts.first?.signatureBytes ?? 0
    }

    /// Whether the signature over the message is right. False when the key doesn't fit the algorithm.
    package func verifies(_ signature: RawSpan, of message: RawSpan, by algorithm: Algorithm) -> Bool {
        context(for: algorithm)?.verifies(signature, of: message, by: table) ?? false
    }

    private func context(for algorithm: Algorithm) -> SignatureContext? {
        contexts.first { $0.algorithm == algorithm }
    }

    /// Each part goes in with its length, so no two keys have the same input.
    private static func fingerprint(
        of material: PublicKeyMaterial, kid: [UInt8]?, algorithm: Algorithm?
    ) -> SHA256Digest {
        var input: [UInt8] = []
        func add(_ part: [UInt8]) {
            for shift in stride(from: 24, through: 0, by: -8) {
                input.append(UInt8(truncatingIfNeeded: part.count >> shift))
            }
            input += part
        }
        switch material {
        case .rsa(let modulus, let exponent): [Array("RSA".utf8), modulus, exponent].forEach(add)
        case .ec(let curve, let x, let y): [Array(curve.name.description.utf8), x, y].forEach(add)
        case .ed25519(let x): [Array("Ed25519".utf8), x].forEach(add)
        }
        if let kid { add(kid) } else { input.append(0xFF) }
        input.append(algorithm?.rawValue ?? 0xFF)
        return SHA256Digest(of: input.span.bytes)
    }
}
