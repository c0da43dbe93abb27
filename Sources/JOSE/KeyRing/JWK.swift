import Bytes

/// What a JSON Web Key says, as far as it is read here (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2).
///
/// Other members are ignored; of the private ones it is noted that they are there. A member that is `null` counts as absent. Numbers are read more
/// leniently than those of tokens, because nothing is signed over them: what means the same key is the same key.
struct JWK {
    private var kty: [UInt8]?
    private var crv: [UInt8]?
    private var alg: [UInt8]?
    private var use: [UInt8]?
    /// Whether `key_ops` allows to verify; nil when it is absent.
    private var allowsVerify: Bool?
    private var n: [UInt8]?
    private var e: [UInt8]?
    private var x: [UInt8]?
    private var y: [UInt8]?
    /// `kid`, unescaped; nil also when it is there twice, so that nobody can say which one it is.
    private(set) var kid: [UInt8]?
    private var isObject = false
    private var hasMemberTwice = false
    private var hasWrongType = false
    /// Whether it has a part that nobody but its owner may know.
    private var hasPrivateMember = false

    /// - Parameter text: a JSON value, whatever it is, that a reader has passed over before.
    init(_ text: RawSpan) {
        do throws(JSONError) {
            var reader = JSONReader(text)
            try read(from: &reader)
            var strictReader = JSONReader(text, duplicateNames: .refused)
            try strictReader.finish()
        } catch {
            hasMemberTwice = true
        }
    }

    private mutating func read(from reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterObject() else { return }
        isObject = true
        var kids = 0
        while let name = try reader.nextMember() {
            if name.equals("kty") { kty = try readText(from: &reader) }
            if name.equals("crv") { crv = try readText(from: &reader) }
            if name.equals("kid") {
                kid = try readText(from: &reader)
                kids += 1
            }
            if name.equals("alg") { alg = try readText(from: &reader) }
            if name.equals("use") { use = try readText(from: &reader) }
            if name.equals("key_ops") { try readOperations(from: &reader) }
            if name.equals("n") { n = try readText(from: &reader) }
            if name.equals("e") { e = try readText(from: &reader) }
            if name.equals("x") { x = try readText(from: &reader) }
            if name.equals("y") { y = try readText(from: &reader) }
            if Self.privateNames.contains(where: { name.equals($0.span.bytes) }) { hasPrivateMember = true }
        }
        if kids > 1 { kid = nil }
    }

    /// What private and symmetric keys are made of (RFC 7518 sections 6.2.2, 6.3.2 and 6.4, RFC 8037 section 2).
    private static let privateNames = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].map { Array($0.utf8) }

    /// The key, when it can be used.
    func verificationKey() throws(KeyRefusal) -> VerificationKey {
        let (material, algorithm) = try stated()
        return try VerificationKey(material, kid: kid, algorithm: algorithm)
    }

    /// The key that a proof of possession brings along: a public one (RFC 9449 section 4.3), canonical, of a size that is taken.
    /// Whether its numbers are those of a key is left, which takes arithmetic.
    func proofKey() throws(KeyRefusal) -> (material: PublicKeyMaterial, algorithm: Algorithm?) {
        guard !hasPrivateMember else { throw .notForVerification }
        let stated = try stated()
        let material = stated.material.canonical
        try PublicKey.checkSizes(of: material)
        return (material, stated.algorithm)
    }

    /// What it says, for what.
    private func stated() throws(KeyRefusal) -> (material: PublicKeyMaterial, algorithm: Algorithm?) {
        guard isObject else { throw .notAnObject }
        guard !hasMemberTwice else { throw .memberTwice }
        guard !hasWrongType else { throw .memberOfWrongType }
        guard (kid?.count ?? 0) <= VerificationKey.maximumKidBytes else { throw .kidTooLong }
        let type = try keyType()
        guard use == nil || Self.isEqual(use, to: "sig") else { throw .notForSignatures }
        guard allowsVerify != false else { throw .notForVerification }
        let algorithm = try algorithm(for: type)
        return (try material(of: type), algorithm)
    }

    private func keyType() throws(KeyRefusal) -> KeyType {
        guard let kty else { throw .typeMissing }
        if Self.isEqual(kty, to: "oct") { throw .symmetric }
        if Self.isEqual(kty, to: "RSA") { return .rsa }
        if Self.isEqual(kty, to: "EC"),
            let curve = KeyType.Curve.allCases.first(where: { Self.isEqual(crv, to: $0.name) })
        {
            return .ec(curve)
        }
        if Self.isEqual(kty, to: "OKP"), Self.isEqual(crv, to: "Ed25519") { return .ed25519 }
        throw .typeUnknown
    }

    private func algorithm(for type: KeyType) throws(KeyRefusal) -> Algorithm? {
        guard let alg else { return nil }
        guard let algorithm = Algorithm(where: { Self.isEqual(alg, to: $0) }), algorithm.keyType == type else {
            throw .algorithmUnsuitable
        }
        return algorithm
    }

    private func material(of type: KeyType) throws(KeyRefusal) -> PublicKeyMaterial {
        switch type {
        case .rsa: .rsa(modulus: try Self.number(in: n), exponent: try Self.number(in: e))
        case .ec(let curve): .ec(curve, x: try Self.number(in: x), y: try Self.number(in: y))
        case .ed25519: .ed25519(try Self.number(in: x))
        }
    }

    private static func number(in text: [UInt8]?) throws(KeyRefusal) -> [UInt8] {
        guard let text else { throw .numberMissing }
        let unpadded = text.prefix(text.count - padding(of: text))
        guard let number = Base64URL.decode(unpadded.span.bytes) else { throw .numberNotBase64URL }
        return number
    }

    /// How many characters at the end fill the last group of four up (RFC 4648 section 4). Some issuers write them.
    private static func padding(of text: [UInt8]) -> Int {
        guard text.count.isMultiple(of: 4) else { return 0 }
        return text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    }

    private mutating func readText(from reader: inout JSONReader) throws(JSONError) -> [UInt8]? {
        if let text = try reader.readString() { return text.copy() }
        if reader.kind != .null { hasWrongType = true }
        return nil
    }

    private mutating func readOperations(from reader: inout JSONReader) throws(JSONError) {
        guard try reader.enterArray() else {
            if reader.kind != .null { hasWrongType = true }
            return
        }
        var allows = false
        while try reader.nextElement() {
            if let operation = try reader.readString() {
                if operation.equals("verify") { allows = true }
            } else {
                hasWrongType = true
            }
        }
        allowsVerify = allows
    }

    private static func isEqual(_ text: [UInt8]?, to literal: StaticString) -> Bool {
        text?.span.bytes.equals(literal) ?? false
    }
}
