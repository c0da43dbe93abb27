import Bytes

/// The keys that a token is bound to (`cnf`, RFC 7800 section 3.1): its sender has to prove each.
///
/// An object, so that an answer carries one word of it, which is nil for the tokens of bearers.
package final class KeyBinding: Sendable {
    /// A proof of possession that somebody checks.
    package struct Methods: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A DPoP proof by the key of `jkt` (RFC 9449 section 6.1).
        package static let proof = Methods(rawValue: 1)
        /// The certificate of `x5t#S256`, on the client's own TLS connection (RFC 8705 section 3.1).
        package static let certificate = Methods(rawValue: 2)
    }

    /// A SHA-256 that a token names.
    package struct Thumbprint: Hashable, Sendable {
        /// Nil when the text is that of no digest: then nothing has this thumbprint.
        private let digest: SHA256Digest?

        fileprivate init(_ digest: SHA256Digest?) { self.digest = digest }

        package func matches(_ digest: SHA256Digest) -> Bool { digest == self.digest }

        /// In base64url, as a token names it; nil when it is that of nothing.
        package var text: String? {
            digest.map { String(decoding: Base64URL.encode($0.bytes.span.bytes), as: UTF8.self) }
        }

        /// What has both thumbprints: nothing, unless they are the same.
        fileprivate func and(_ other: Thumbprint) -> Thumbprint { self == other ? self : Thumbprint(nil) }
    }

    /// `jkt`: of the public key (RFC 7638); nil when it is not bound to one.
    package let key: Thumbprint?
    /// `x5t#S256`: of the certificate; nil when it is not bound to one.
    package let certificate: Thumbprint?

    private init(key: Thumbprint?, certificate: Thumbprint?) {
        self.key = key
        self.certificate = certificate
    }

    /// - Parameters: the texts of the members; nil where there is none. One of them is there.
    init(key: [UInt8]?, certificate: [UInt8]?) {
        self.key = key.map { Thumbprint(SHA256Digest(base64URL: $0)) }
        self.certificate = certificate.map { Thumbprint(SHA256Digest(base64URL: $0)) }
    }

    /// What has to be proved for it.
    package var methods: Methods {
        var methods: Methods = []
        if key != nil { methods.insert(.proof) }
        if certificate != nil { methods.insert(.certificate) }
        return methods
    }

    /// What two statements about one token bind it to: all that either names.
    package static func joined(_ one: KeyBinding?, _ other: KeyBinding?) -> KeyBinding? {
        guard let one, let other else { return one ?? other }
        return KeyBinding(
            key: joined(one.key, other.key), certificate: joined(one.certificate, other.certificate))
    }

    private static func joined(_ one: Thumbprint?, _ other: Thumbprint?) -> Thumbprint? {
        guard let one, let other else { return one ?? other }
        return one.and(other)
    }
}

extension SHA256Digest {
    /// The digest that a text of 43 characters stands for; nil when it is another text.
    fileprivate init?(base64URL text: [UInt8]) {
        guard text.count == 43, let bytes = Base64URL.decode(text.span.bytes) else { return nil }
        self.init(bytes: bytes.span.bytes)
    }
}
