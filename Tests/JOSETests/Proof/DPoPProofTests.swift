import Bytes
import Fixtures
import JOSE
import Testing

/// DPoP proofs are taken apart, and their keys named, as RFC 9449 and RFC 7638 have it.
struct DPoPProofTests {
    /// RFC 9449 section 7.1, figure 12.
    static let example = """
        eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo\
        RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJ\
        qdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXN\
        vdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yR\
        qzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA
        """

    @Test func `the proof of RFC 9449 section 7.1 is read, and its key's`() throws {
        let proof = try #require(ReadProof(Self.example))
        #expect(proof.method == Array("GET".utf8))
        #expect(proof.uri == Array("https://resource.example.org/protectedresource".utf8))
        #expect(proof.issuedAt == Timestamp(seconds: 1_562_262_618))
        #expect(proof.tokenHash == Array("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo".utf8))
        #expect(proof.identifier == Array("e1j3V_bKic8-LAEB".utf8))
        let header = try #require(proof.header)
        #expect(header.algorithm == .es256)
        // Its `jkt`, section 6.1.
        #expect(
            Base64URL.encode(try #require(ProofKey(header)).thumbprint.bytes.span.bytes)
                == Array("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I".utf8))
        #expect(proof.isSigned)
    }

    @Test func `no byte of it can be another`() throws {
        let right = Array(Self.example.utf8)
        for offset in right.indices {
            var text = right
            text[offset] ^= 1
            #expect(ReadProof(String(decoding: text, as: UTF8.self))?.isSigned != true, "byte \(offset)")
        }
    }

    private static func decoded(_ text: String) -> [UInt8]? { Base64URL.decode(Array(text.utf8).span.bytes) }

    @Test func `the thumbprint is RFC 7638's`() throws {
        // Section 3.1.
        let modulus = """
            0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhM\
            stn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5\
            hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw
            """
        let rsa = PublicKeyMaterial.rsa(
            modulus: try #require(Self.decoded(modulus)), exponent: [1, 0, 1])
        #expect(
            Base64URL.encode(rsa.thumbprintDigest.bytes.span.bytes)
                == Array("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs".utf8))
        // RFC 8037 appendix A.3.
        let ed25519 = PublicKeyMaterial.ed25519(
            try #require(Self.decoded("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")))
        #expect(
            Base64URL.encode(ed25519.thumbprintDigest.bytes.span.bytes)
                == Array("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".utf8))
    }

    @Test(arguments: Algorithm.allCases) func `every algorithm's proofs verify, by their own key alone`(
        algorithm: Algorithm
    ) throws {
        let proof = try #require(ReadProof(ProofMint(for: [], key: TestKeys.key(algorithm)).proof))
        let header = try #require(proof.header)
        #expect(proof.isSigned)
        #expect(try #require(ProofKey(header)).thumbprint == TestKeys.key(algorithm).material.thumbprintDigest)
        var mint = ProofMint(for: [], key: TestKeys.stranger)
        mint.header["jwk"] = String(decoding: TestKeys.key(algorithm).publicJWK, as: UTF8.self)
        #expect(try #require(ReadProof(mint.proof)).isSigned == false)
    }

    /// A member of the header and its value, and whether it can be a proof's.
    static let headers: [(name: String, value: String?, isTaken: Bool)] = [
        ("typ", #""dpop+jwt""#, true), ("typ", #""dpop\u002bjwt""#, true), ("typ", #""DPoP+JWT""#, false),
        ("typ", #""JWT""#, false), ("typ", #""application/dpop+jwt""#, false), ("typ", "1", false), ("typ", nil, false),
        ("crit", #"["exp"]"#, false), ("crit", "null", false), ("b64", "true", false), ("x", "1", true),
        ("alg", #""none""#, true), ("alg", nil, true), ("alg", "{}", true),
        ("jwk", nil, false), ("jwk", "null", false), ("jwk", "[]", false), ("jwk", #""key""#, false),
        ("jwk", "{}", false),
        ("jwk", #"{"kty":"oct","k":"AAAA"}"#, false), ("kid", #""mine""#, true),
    ]

    @Test(arguments: 0..<headers.count) func `a header is a proof's or none`(number: Int) throws {
        let (name, value, isTaken) = Self.headers[number]
        var mint = ProofMint(for: [])
        mint.header[name] = value
        let proof = try #require(ReadProof(mint.proof))
        #expect((proof.header != nil) == isTaken)
    }

    /// Members that are added to a key's, and whether it can be a proof's.
    static let keyMembers: [(text: String, isTaken: Bool)] = [
        ("", true), (#","x5c":[]"#, true), (#","d":"AAAA""#, false), (#","d":null"#, false), (#","p":"AQ""#, false),
        (#","q":"AQ""#, false), (#","dp":"AQ""#, false), (#","dq":"AQ""#, false), (#","qi":"AQ""#, false),
        (#","oth":[]"#, false), (#","k":"AQ""#, false), (#","\u0064":"AQ""#, false), (#","kty":"EC""#, false),
        (#","key_ops":["sign"]"#, false), (#","key_ops":["verify"]"#, true), (#","D":"AQ""#, true),
    ]

    @Test(arguments: 0..<keyMembers.count) func `its key is one public key`(number: Int) throws {
        let (text, isTaken) = Self.keyMembers[number]
        var mint = ProofMint(for: [])
        mint.header["jwk"] = String(mint.header["jwk"]?.dropLast() ?? "") + text + "}"
        #expect((try #require(ReadProof(mint.proof)).header != nil) == isTaken)
    }

    @Test func `a key of a size that no token is signed with is none`() throws {
        let weak = try SigningKey(generating: .rs256, kid: nil, rsaBits: 1024)
        #expect(try #require(ReadProof(ProofMint(for: [], key: weak).proof)).header == nil)
    }

    /// A member of the payload and its value, and whether it is read at all.
    static let claims: [(name: String, value: String?, isRead: Bool)] = [
        ("jti", nil, true), ("jti", #""""#, true), ("jti", "7", true), ("jti", "null", true), ("jti", "\"\n\"", false),
        ("htm", nil, true), ("htu", "[]", true), ("iat", #""1""#, true),
        ("ath", nil, true),
        ("x", String(repeating: "[", count: 40), false),
    ]

    @Test(arguments: 0..<claims.count) func `a payload is read if it is an object`(number: Int) {
        let (name, value, isRead) = Self.claims[number]
        var mint = ProofMint(for: [])
        mint.claims[name] = value
        #expect((ReadProof(mint.proof) != nil) == isRead)
    }

    private static func header(of mint: ProofMint) throws -> ProofHeader {
        let proof = try #require(ReadProof(mint.proof))
        return try #require(proof.header)
    }

    /// A `jti`, and how many bytes it has; nil when it is none.
    static let identifiers: [(value: String?, length: Int?)] = [
        (nil, nil), (#""""#, nil), ("7", nil), ("null", nil), (#""a""#, 1), (#""\u00e9""#, 2),
        ("\"\(String(repeating: "j", count: 256))\"", 256), ("\"\(String(repeating: "j", count: 257))\"", nil),
    ]

    @Test(arguments: 0..<identifiers.count) func `an identifier has 1 to 256 bytes`(number: Int) throws {
        let (value, length) = Self.identifiers[number]
        var mint = ProofMint(for: [])
        mint.claims["jti"] = value
        #expect(try #require(ReadProof(mint.proof)).identifier?.count == length)
    }

    @Test func `a key's numbers are looked at when its algorithm is known`() throws {
        var mint = ProofMint(for: [])
        // Both coordinates are right in themselves.
        let x = Base64URL.encode([UInt8](repeating: 1, count: 32).span.bytes)
        let text = String(decoding: x, as: UTF8.self)
        mint.header["jwk"] = #"{"kty":"EC","crv":"P-256","x":"\#(text)","y":"\#(text)"}"#
        let offCurve = try Self.header(of: mint)
        #expect(offCurve.algorithm == .es256)
        #expect(ProofKey(offCurve) == nil)
        mint.header["alg"] = #""none""#
        #expect(try ProofKey(Self.header(of: mint)) == nil)
        // A key of another kind than the algorithm's, and one that is for another algorithm, verify nothing.
        for (algorithm, alg) in [("ES256", nil), ("RS256", "PS256")] {
            var mint = ProofMint(for: [], key: TestKeys.key(.rs256))
            mint.header["alg"] = #""\#(algorithm)""#
            let key = try #require(mint.header["jwk"]?.dropLast())
            let members = key.replacing(#","alg":"RS256""#, with: "")
            mint.header["jwk"] = members + (alg.map { #","alg":"\#($0)"}"# } ?? "}")
            let proof = try #require(ReadProof(mint.proof))
            let header = try #require(proof.header)
            #expect(try #require(ProofKey(header)).thumbprint == mint.key.material.thumbprintDigest)
            #expect(!proof.isSigned)
        }
    }

    @Test func `what is no JWS of at most 4 KiB is no proof`() {
        var mint = ProofMint(for: [])
        let right = mint.proof
        for text in [
            "", ".", "..", "a.b.c", right + ".", right + "=", " " + right, String(right.dropLast(1)), right + right,
            "eyJ9." + right,
        ] {
            #expect((ReadProof(text) == nil), "\(text.prefix(20))")
        }
        mint.claims.members.append(("jti", #""again""#))
        #expect((ReadProof(mint.proof) == nil))
        // Up to the last byte that is allowed.
        var lengths: [Bool: ClosedRange<Int>] = [:]
        for count in 2_600...2_800 {
            var mint = ProofMint(for: [])
            mint.claims["x"] = "\"\(String(repeating: "x", count: count))\""
            let isRead = ReadProof(mint.proof) != nil
            let length = mint.proof.utf8.count
            #expect(isRead == (length <= 4096))
            lengths[isRead] = length...length
        }
        #expect(lengths.count == 2)
    }
}

/// What is read of a proof, beyond the life of its bytes.
private struct ReadProof {
    var method: [UInt8]?
    var uri: [UInt8]?
    var issuedAt: Timestamp?
    var tokenHash: [UInt8]?
    var identifier: [UInt8]?
    var header: ProofHeader?
    var isSigned: Bool

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let proof = DPoPProof(bytes.span.bytes) else { return nil }
        (method, uri, issuedAt) = (proof.method, proof.uri, proof.issuedAt)
        (tokenHash, identifier, header) = (proof.tokenHash, proof.identifier, proof.header)
        isSigned = header.flatMap(ProofKey.init)?.verifies(proof) ?? false
    }
}
