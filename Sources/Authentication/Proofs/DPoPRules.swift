import Bytes
package import JOSE

/// Which DPoP proofs are taken (contract section 23).
package struct DPoPRules: Hashable, Sendable {
    /// What clients call this place: the beginnings of the URIs that proofs are for.
    package var origins: [Origin]
    /// The algorithms that they may be signed with, in the order in which a challenge names them.
    package var algorithms: [Algorithm]
    /// How long ago they may have been made.
    package var maximumAge: Duration

    /// How far ahead of ours a client's clock may be.
    package static let leeway = Duration.seconds(10)

    package init(
        origins: [Origin], algorithms: [Algorithm] = [.es256], maximumAge: Duration = .seconds(60)
    ) {
        self.origins = origins
        self.algorithms = algorithms
        self.maximumAge = maximumAge
    }

    /// What a challenge says in `algs` (RFC 9449 section 7.1).
    package var algorithmNames: String { algorithms.map { "\($0.name)" }.joined(separator: " ") }

    func allow(_ algorithm: Algorithm?) -> Bool { algorithm.map(algorithms.contains) ?? false }

    /// Judges what a proof says, once its algorithm is allowed; the signature, which is dear, and whether it was used before are
    /// left.
    ///
    /// - Parameters:
    ///   - key: the proof's.
    ///   - presented: what the proof has to be for, with its places in `bytes`.
    ///   - token: the digest of the token that it came with.
    ///   - binding: what the token is bound to.
    func check(
        _ proof: borrowing DPoPProof, by key: ProofKey, for presented: PresentedProof, in bytes: RawSpan,
        token: SHA256Digest, boundTo binding: KeyBinding.Thumbprint
    ) throws(ProofRefusal) {
        guard let method = presented.method, let stated = proof.method,
            stated.span.bytes.equals(bytes.extracting(method.range))
        else { throw .proofMethod }
        guard let target = presented.target, let uri = proof.uri,
            leads(uri.span.bytes, to: bytes.extracting(target.range))
        else { throw .proofURI }
        // When the request came: however long others take to say what its token is, it does not become too old by that.
        let arrivedAt = presented.arrivedAt
        guard let issuedAt = proof.issuedAt, issuedAt + maximumAge >= arrivedAt, issuedAt <= arrivedAt + Self.leeway
        else { throw .proofTime }
        guard let hash = proof.tokenHash, token.equalsBase64URL(hash.span.bytes) else { throw .proofToken }
        guard binding.matches(key.thumbprint) else { throw .proofKey }
    }

    /// Whether a URI is that of a request here: one of the origins and the request's path (RFC 9449 section 4.3, RFC 3986
    /// section 6.2.2). The `Host` field plays no part: it is the client's.
    private func leads(_ uri: RawSpan, to target: RawSpan) -> Bool {
        guard let uri = URIText(uri), let origin = Origin(uri), origins.contains(origin) else { return false }
        return URIText.isSamePath(uri.path, URIText.path(ofTarget: target))
    }
}

/// A scheme, a host and a port (RFC 6454 section 4), each in its one form.
package struct Origin: Hashable, Sendable {
    /// `https` or `http`.
    private let isSecure: Bool
    /// In lower case.
    private let host: [UInt8]
    private let port: UInt16

    /// Nil when a text is something else, such as a URL with a path.
    package init?(_ text: String) {
        guard !text.utf8.contains(UInt8(ascii: "?")), !text.utf8.contains(UInt8(ascii: "#")),
            let uri = URIText(Array(text.utf8).span.bytes), uri.path.byteCount == 0
        else { return nil }
        self.init(uri)
    }

    fileprivate init?(_ uri: borrowing URIText) {
        if uri.scheme.equalsIgnoringCase("https") {
            isSecure = true
        } else if uri.scheme.equalsIgnoringCase("http") {
            isSecure = false
        } else {
            return nil
        }
        guard let (host, rest) = Self.host(in: uri.authority) else { return nil }
        self.host = host
        let digits = uri.authority.extracting(rest..<uri.authority.byteCount)
        guard digits.byteCount > 1 else {
            // `host:` has the default port, too (RFC 3986 section 6.2.3).
            guard digits.byteCount == 0 || digits[byte: 0] == UInt8(ascii: ":") else { return nil }
            port = isSecure ? 443 : 80
            return
        }
        guard digits[byte: 0] == UInt8(ascii: ":"), let port = Self.port(in: digits) else { return nil }
        self.port = port
    }

    /// The host, and where it ends; nil when it has a byte that no host has, or is none.
    private static func host(in authority: RawSpan) -> (host: [UInt8], end: Int)? {
        guard authority.byteCount > 0 else { return nil }
        var host: [UInt8] = []
        var position = 0
        if authority[byte: 0] == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host.append(lowercasing: authority.extracting(first: end + 1))
            let isAddress = host.dropFirst().dropLast().allSatisfy { byte in
                byte.hexDigitValue != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            }
            return isAddress && host.count > 2 ? (host, end + 1) : nil
        }
        while position < authority.byteCount, authority[byte: position] != UInt8(ascii: ":") {
            guard case .plain(let byte) = URIText.next(in: authority, at: &position), byte.isUnreserved else {
                return nil
            }
            host.append(byte.lowercased)
        }
        return host.isEmpty ? nil : (host, position)
    }

    /// The number behind a colon.
    private static func port(in text: RawSpan) -> UInt16? {
        var port = 0
        for offset in 1..<text.byteCount {
            guard text[byte: offset].isDigit else { return nil }
            port = port * 10 + Int(text[byte: offset] &- UInt8(ascii: "0"))
            guard port <= 65_535 else { return nil }
        }
        return port > 0 ? UInt16(port) : nil
    }
}
