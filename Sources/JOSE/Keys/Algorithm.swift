import Bytes

/// The signature algorithms that a token may name (RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864 section 2.2).
///
/// `none` and the HMAC family are not here, so they can't be allowed by mistake.
package enum Algorithm: UInt8, CaseIterable, Sendable {
    case rs256, rs384, rs512
    case ps256, ps384, ps512
    case es256, es384, es512
    /// Ed25519 only.
    case edDSA

    /// The `alg` values that are known, each with what it means. `EdDSA` has two: with Ed25519 it is the same algorithm by its
    /// older name, which leaves the curve to the key.
    package static let names: [(name: StaticString, algorithm: Algorithm)] =
        allCases.map { ($0.name, $0) } + [("Ed25519", .edDSA)]

    /// The algorithm that some text names.
    ///
    /// - Parameter isText: whether the text is this name, byte for byte.
    package init?(where isText: (StaticString) -> Bool) {
        guard let known = Self.names.first(where: { isText($0.name) }) else { return nil }
        self = known.algorithm
    }

    /// Reads the `alg` of a header, which is the value that comes next; nil when it is no text, or names none that is known.
    init?(reading reader: inout JSONReader) throws(JSONError) {
        guard let text = try reader.readString(),
            let algorithm = text.withBytes({ bytes in Algorithm { bytes.equals($0) } })
        else { return nil }
        self = algorithm
    }

    /// The `alg` value, as registered.
    package var name: StaticString {
        switch self {
        case .rs256: "RS256"
        case .rs384: "RS384"
        case .rs512: "RS512"
        case .ps256: "PS256"
        case .ps384: "PS384"
        case .ps512: "PS512"
        case .es256: "ES256"
        case .es384: "ES384"
        case .es512: "ES512"
        case .edDSA: "EdDSA"
        }
    }
}

/// Some of the algorithms, as one word.
package struct AlgorithmSet: Hashable, Sendable {
    private var bits: UInt16 = 0

    package init(_ algorithms: some Sequence<Algorithm>) {
        for algorithm in algorithms { bits |= 1 << UInt16(algorithm.rawValue) }
    }

    package static let all = AlgorithmSet(Algorithm.allCases)

    package func contains(_ algorithm: Algorithm) -> Bool {
        bits & (1 << UInt16(algorithm.rawValue)) != 0
    }
}
