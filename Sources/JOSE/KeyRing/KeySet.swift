package import Bytes

/// The keys of one issuer: a JWK set (RFC 7517 section 5) of which only what can be used was kept.
package struct KeySet: Sendable {
    /// The longest text that is read, in bytes.
    package static let maximumBytes = 512 * 1024
    /// The most keys that a set may have, usable or not.
    package static let maximumKeys = 100

    /// The keys that can be used, in order; never empty. A key that is there twice was kept once.
    package private(set) var keys: [VerificationKey]
    /// Why the others can't be, in order.
    package let skipped: [KeyRefusal]
    /// The `kid`s of the skipped keys: a token that names one is refused, its key is not one to wait for.
    private let skippedKids: [[UInt8]]
    /// Two sets with the same fingerprint answer every token alike, whatever the order of their keys.
    package let fingerprint: SHA256Digest

    /// Reads `{"keys":[…]}`. Unknown members are ignored; a key that can't be used, whatever is wrong with it, is skipped with
    /// its reason.
    package init(jwks: RawSpan) throws(KeySetError) {
        guard jwks.byteCount <= Self.maximumBytes else { throw .tooLong }
        var keys: [VerificationKey] = []
        var skipped: [KeyRefusal] = []
        var skippedKids: [[UInt8]] = []
        for jwk in try Self.read(jwks: jwks) {
            do throws(KeyRefusal) {
                let key = try jwk.verificationKey()
                if !keys.contains(where: { $0.fingerprint == key.fingerprint }) { keys.append(key) }
            } catch {
                skipped.append(error)
                if let kid = jwk.kid, kid.count <= VerificationKey.maximumKidBytes { skippedKids.append(kid) }
            }
        }
        guard !keys.isEmpty else { throw .noUsableKey(skipped) }
        self.keys = keys
        self.skipped = skipped
        self.skippedKids = skippedKids
        self.fingerprint = Self.fingerprint(of: keys, skippedKids: skippedKids)
    }

    /// The keys with this `kid`, which is usually one; at most 100 keys are looked at.
    package func keys(kid: [UInt8]) -> [VerificationKey] {
        keys.filter { $0.kid == kid }
    }

    /// The key with this fingerprint.
    package func key(_ fingerprint: SHA256Digest) -> VerificationKey? {
        keys.first { $0.fingerprint == fingerprint }
    }

    /// The same set with another object for one of its keys; nil when it does not have that key.
    package func replacing(_ key: VerificationKey) -> KeySet? {
        guard let index = keys.firstIndex(where: { $0.fingerprint == key.fingerprint }) else { return nil }
        var set = self
        set.keys[index] = key
        return set
    }

    /// The same set with the tables that its keys had in another one.
    package func keepingTables(of other: KeySet?) -> KeySet {
        guard let other, other.keys.contains(where: \.hasTable) else { return self }
        var set = self
        set.keys = keys.map { $0.keepingTable(of: other.key($0.fingerprint)) }
        return set
    }

    /// The one key that the token must be verified with, or nil when no key of the set has its `kid`.
    ///
    /// Without `kid` all keys come into question, with it those that have it. (One `kid` for several keys is allowed when
    /// they are of different types, RFC 7517 section 4.5.) Of these, one must fit the algorithm.
    func key(kid: [UInt8]?, for algorithm: Algorithm) throws(TokenRefusal) -> VerificationKey? {
        var isKnown = kid == nil
        var fitting: VerificationKey?
        for key in keys where Self.matches(key: key, kid: kid) {
            isKnown = true
            guard key.fits(algorithm) else { continue }
            guard fitting == nil else { throw .keyAmbiguous }
            fitting = key
        }
        if fitting == nil, isKnown || isSkipped(kid: kid) { throw .keyUnfit }
        return fitting
    }

    private static func matches(key: VerificationKey, kid: [UInt8]?) -> Bool {
        kid == nil || key.kid == kid
    }

    private func isSkipped(kid: [UInt8]?) -> Bool {
        kid.map(skippedKids.contains) ?? false
    }

    private static func read(jwks: RawSpan) throws(KeySetError) -> [JWK] {
        let members: [[Range<Int>]?]
        do throws(JSONError) {
            members = try places(in: jwks)
        } catch {
            throw .notJSON(error)
        }
        guard members.count <= 1 else { throw .keysTwice }
        guard let keys = members.first ?? nil else { throw .notAKeySet }
        guard keys.count <= maximumKeys else { throw .tooManyKeys }
        return keys.map { JWK(jwks.extracting($0)) }
    }

    /// For each member `keys` (there should be one) where the keys are; nil when it is no array. Another member may be there
    /// twice, because nobody reads it; and what is wrong within a key is that key's own matter.
    private static func places(in jwks: RawSpan) throws(JSONError) -> [[Range<Int>]?] {
        var reader = JSONReader(jwks)
        var members: [[Range<Int>]?] = []
        if try reader.enterObject() {
            while let name = try reader.nextMember() {
                if name.equals("keys") { members.append(try reader.enterArray() ? places(from: &reader) : nil) }
            }
        }
        try reader.finish()
        return members
    }

    /// The places up to one more than there may be keys; the others are only checked to be JSON.
    private static func places(from reader: inout JSONReader) throws(JSONError) -> [Range<Int>] {
        var keys: [Range<Int>] = []
        while try reader.nextElement() {
            if keys.count <= maximumKeys { keys.append(try reader.readRawValue()) }
        }
        return keys
    }

    private static func fingerprint(of keys: [VerificationKey], skippedKids: [[UInt8]]) -> SHA256Digest {
        let kids = skippedKids.map { SHA256Digest(of: $0.span.bytes).hex }
        let text = keys.map(\.fingerprint.hex).sorted() + ["skipped"] + kids.sorted()
        return SHA256Digest(of: Array(text.joined(separator: " ").utf8).span.bytes)
    }
}

/// Why a text is no set of keys that tokens could be verified with.
package enum KeySetError: Error, Hashable, Sendable {
    /// It is longer than 512 KiB.
    case tooLong
    /// It is not JSON (RFC 8259).
    case notJSON(JSONError)
    /// It has two members `keys`: another reader may take the other one.
    case keysTwice
    /// It is not an object with an array `keys` (RFC 7517 section 5).
    case notAKeySet
    /// It has more than 100 keys.
    case tooManyKeys
    /// None of its keys can be used; the reasons, one per key, in order.
    case noUsableKey([KeyRefusal])
}
