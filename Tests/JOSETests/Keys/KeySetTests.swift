import Bytes
import Fixtures
import JOSE
import Testing

@Suite struct KeySetTests {
    private static func jwk(_ algorithm: Algorithm, _ replace: (String, String)...) -> String {
        var text = String(decoding: TestKeys.key(algorithm).publicJWK, as: UTF8.self)
        for (old, new) in replace { text = text.replacing(old, with: new) }
        return text
    }

    private static func set(_ keys: String...) -> String {
        #"{"keys":[\#(keys.joined(separator: ","))]}"#
    }

    /// What becomes of one key in a set that has a good one, too: nil when it is kept.
    private func refusal(of jwk: String) throws -> KeyRefusal? {
        let set = try KeySet(Self.set(Self.jwk(.edDSA), jwk))
        #expect(set.keys.count + set.skipped.count == 2)
        return set.skipped.first
    }

    @Test(arguments: [
        ("sig and nothing else", jwk(.rs256, (#","alg":"RS256","kid":"rs256""#, ""))),
        ("no use", jwk(.es256, (#""use":"sig","#, ""))),
        (
            "null for what is optional",
            jwk(
                .es256,
                (#""use":"sig","alg":"ES256","kid":"es256""#, #""use":null,"alg":null,"kid":null,"key_ops":null"#))
        ),
        ("key_ops with verify", jwk(.es256, (#""use":"sig""#, #""key_ops":["sign","verify"]"#))),
        (
            "unknown members",
            jwk(.es384, (#""use":"sig""#, #""use":"sig","x5c":["AAAA"],"x5t":1,"ext":true,"o":{"a":[1]}"#))
        ),
        ("private members of any sort", jwk(.es512, (#""use":"sig""#, #""use":"sig","d":1,"p":"!","oth":[{}]"#))),
        ("a kid of 256 bytes", jwk(.es256, ("es256", String(repeating: "k", count: 256)))),
        ("an empty kid", jwk(.es256, ("es256", ""))),
        ("escapes", jwk(.es256, ("P-256", "P\\u002d256"), (#""kty""#, #""k\u0074y""#))),
        ("a modulus with a sign byte", #"{"kty":"RSA","n":"AP\#(String(repeating: "_", count: 340))8","e":"AQAB"}"#),
        ("the least modulus", #"{"kty":"RSA","n":"\#(Self.modulus(bits: 2048))","e":"Aw"}"#),
        ("the largest modulus", #"{"kty":"RSA","n":"\#(Self.modulus(bits: 8192))","e":"AQAB"}"#),
        ("the largest exponent", #"{"kty":"RSA","n":"\#(Self.modulus(bits: 2048))","e":"__________8"}"#),
    ])
    func `a key that can be used is kept`(_ what: String, _ jwk: String) throws {
        #expect(try refusal(of: jwk) == nil)
    }

    @Test(
        arguments: [
            (.notAnObject, ["null", "1", #""x""#, "[]", "true"]),
            (
                .memberTwice,
                [
                    jwk(.es256, (#""use":"sig""#, #""use":"sig","use":"sig""#)), #"{"kty":1,"kty":1}"#,
                    jwk(.es256, (#""use":"sig""#, #""use":"sig","x5c":[],"x5c":[]"#)),
                    jwk(.es256, (#""use":"sig""#, #""use":"sig","o":{"a":1,"\u0061":2}"#)), #"{"kid":"a","kid":"a"}"#,
                ]
            ),
            (
                .memberOfWrongType,
                [
                    jwk(.es256, (#""EC""#, "1")), jwk(.es256, (#""es256""#, "1")),
                    jwk(.es256, (#""sig""#, #"["sig"]"#)),
                    jwk(.es256, (#""ES256""#, "{}")), jwk(.es256, (#""use":"sig""#, #""key_ops":"verify""#)),
                    jwk(.es256, (#""use":"sig""#, #""key_ops":["verify",1]"#)), #"{"kty":"RSA","n":1,"e":"AQAB"}"#,
                ]
            ),
            (.kidTooLong, [jwk(.es256, ("es256", String(repeating: "k", count: 257)))]),
            (.typeMissing, ["{}", #"{"kty":null}"#, jwk(.es256, ("kty", "KTY"))]),
            (.symmetric, [#"{"kty":"oct","k":"AAAA","alg":"HS256","kid":"x"}"#]),
            (
                .typeUnknown,
                [
                    #"{"kty":"rsa"}"#, #"{"kty":""}"#, jwk(.es256, ("P-256", "P-257")),
                    jwk(.es256, ("P-256", "secp256k1")),
                    jwk(.edDSA, ("Ed25519", "Ed448")), jwk(.edDSA, ("Ed25519", "X25519")), #"{"kty":"EC"}"#,
                    #"{"kty":"AKP"}"#,
                    jwk(.edDSA, ("OKP", "EC")), jwk(.es256, ("EC", "OKP")),
                ]
            ),
            (.notForSignatures, [jwk(.es256, ("sig", "enc")), jwk(.es256, ("sig", "")), jwk(.es256, ("sig", "SIG"))]),
            (
                .notForVerification,
                [
                    jwk(.es256, (#""use":"sig""#, #""key_ops":[]"#)),
                    jwk(.es256, (#""use":"sig""#, #""key_ops":["sign"]"#)),
                    jwk(.es256, (#""use":"sig""#, #""use":"sig","key_ops":["encrypt","Verify"]"#)),
                ]
            ),
            (
                .algorithmUnsuitable,
                [
                    jwk(.rs256, (#""RS256""#, #""RSA-OAEP""#)), jwk(.rs256, (#""RS256""#, #""ES256""#)),
                    jwk(.rs256, (#""RS256""#, #""HS256""#)), jwk(.rs256, (#""RS256""#, #""none""#)),
                    jwk(.es256, (#""ES256""#, #""ES384""#)), jwk(.edDSA, (#""EdDSA""#, #""ES256""#)),
                    jwk(.es256, (#""ES256""#, #""""#)),
                ]
            ),
            (
                .numberMissing,
                [
                    #"{"kty":"RSA","n":"AQAB"}"#, #"{"kty":"RSA","e":"AQAB"}"#, jwk(.es256, (#""x""#, #""X""#)),
                    jwk(.es256, (#""y""#, #""z""#)), jwk(.edDSA, (#""x""#, #""y""#)),
                ]
            ),
            (
                .numberNotBase64URL,
                [
                    #"{"kty":"RSA","n":"AQAB=","e":"AQAB"}"#, #"{"kty":"RSA","n":"+/","e":"AQAB"}"#,
                    #"{"kty":"RSA","n":"AQAB","e":"A==="}"#, #"{"kty":"RSA","n":"AQAB","e":"===="}"#,
                    #"{"kty":"RSA","n":"AQAB","e":"Aw="}"#, #"{"kty":"RSA","n":"AQAB","e":"AQ=B"}"#,
                    #"{"kty":"RSA","n":"AQAB","e":"AR=="}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":"A"}"#, jwk(.es256, (#""x":""#, #""x":" "#)),
                    jwk(.edDSA, (#""x":""#, #""x":"!"#)),
                ]
            ),
            (
                .modulusUnsuitable,
                [
                    #"{"kty":"RSA","n":"","e":"AQAB"}"#, #"{"kty":"RSA","n":"AAAA","e":"AQAB"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 1024))","e":"AQAB"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2047))","e":"AQAB"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 8193))","e":"AQAB"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 400_000))","e":"AQAB"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048, isEven: true))","e":"AQAB"}"#,
                ]
            ),
            (
                .exponentUnsuitable,
                [
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":""}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":"AA"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":"AQ"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":"Ag"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":"AQAA"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":"AQAAAAAAAAAB"}"#,
                    #"{"kty":"RSA","n":"\#(modulus(bits: 2048))","e":"\#(modulus(bits: 2048))"}"#,
                ]
            ),
            (
                .pointUnsuitable,
                [
                    jwk(.es256, (#""x":""#, #""x":"AAAA"#)), jwk(.edDSA, (#""x":""#, #""x":"AAAA"#)),
                    #"{"kty":"EC","crv":"P-256","x":"","y":""}"#, jwk(.es256, ("P-256", "P-384"), ("ES256", "ES384")),
                    #"{"kty":"EC","crv":"P-256","x":"\#(zeros(32))","y":"\#(zeros(32))"}"#,
                    #"{"kty":"EC","crv":"P-384","x":"\#(zeros(48))","y":"\#(zeros(48))"}"#,
                    #"{"kty":"EC","crv":"P-521","x":"\#(zeros(66))","y":"\#(zeros(66))"}"#,
                    #"{"kty":"EC","crv":"P-256","x":"\#(ones(32))","y":"\#(ones(32))"}"#,
                    jwk(.es256, (#""y":""#, #""w":"a","y":"\#(zeros(32))","v":""#)),
                ]
            ),
        ] as [(KeyRefusal, LongTexts)])
    func `a key that can't be used is skipped with its reason`(_ reason: KeyRefusal, _ jwks: LongTexts) throws {
        for jwk in jwks { #expect(try refusal(of: jwk) == reason, "\(jwk.prefix(200))") }
    }

    @Test(
        arguments: [
            (
                .notAKeySet,
                ["{}", "[]", "null", #""keys""#, #"{"keys":{}}"#, #"{"keys":null}"#, #"{"KEYS":[]}"#, jwk(.rs256)]
            ),
            (.keysTwice, [#"{"keys":[],"keys":[]}"#, #"{"keys":1,"k\u0065ys":[]}"#]),
            (.notJSON(.unexpectedEnd), ["", " ", "{", #"{"keys":["#]),
            (.notJSON(.trailingBytes), [set(jwk(.rs256)) + "x", "{}{}"]),
            (.notJSON(.unexpectedByte), ["<html>", #"{"keys":[,]}"#]),
            (.notJSON(.tooDeep), [#"{"keys":[\#(String(repeating: "[", count: 100_000))"#]),
            (.noUsableKey([]), [#"{"keys":[]}"#]),
            (.noUsableKey([.symmetric, .typeMissing]), [#"{"keys":[{"kty":"oct"},{}]}"#]),
            (.noUsableKey([.memberTwice]), [set(#"{"kty":"RSA","kty":"EC"}"#), set(#"{"kid":"a","k\u0069d":"b"}"#)]),
            (
                .tooManyKeys,
                [
                    #"{"keys":[\#(Array(repeating: "{}", count: 101).joined(separator: ","))]}"#,
                    #"{"keys":[\#(Array(repeating: "1", count: 200_000).joined(separator: ","))]}"#,
                ]
            ),
            (.tooLong, [String(repeating: " ", count: 512 * 1024 + 1)]),
        ] as [(KeySetError, LongTexts)])
    func `what is no set of keys is refused`(_ error: KeySetError, _ texts: LongTexts) {
        for text in texts {
            let thrown = #expect(throws: KeySetError.self, "\(text.prefix(100))") { try KeySet(text) }
            #expect(thrown == error, "\(text.prefix(100))")
        }
    }

    @Test func `a set may be as long and have as many keys as is allowed`() throws {
        let others = (0..<99).map { Self.jwk(.edDSA, (#""kid":"eddsa""#, #""kid":"\#($0)""#)) }
        var text = Self.set(([Self.jwk(.rs256)] + others).joined(separator: ","))
        text += String(repeating: " ", count: KeySet.maximumBytes - text.utf8.count)
        #expect(try KeySet(text).keys.count == 100)
    }

    @Test func `a set in which each byte is damaged in turn is read or refused`() throws {
        let text = Array(Self.set(Self.jwk(.es256), Self.jwk(.edDSA)).utf8)
        for index in text.indices {
            for byte in [0, 0x22, 0x5B, 0x5C, 0x7D, 0xFF, text[index] ^ 1] as [UInt8] {
                var damaged = text
                damaged[index] = byte
                if let set = try? KeySet(jwks: damaged.span.bytes) { #expect((1...2).contains(set.keys.count)) }
            }
        }
    }

    @Test func `a member of the set that nobody reads may be there twice`() throws {
        let set = try KeySet(#"{"x":1,"keys":[\#(Self.jwk(.es256))],"x":{"a":1,"a":2}}"#)
        #expect(set.keys.count == 1 && set.skipped.isEmpty)
    }

    @Test func `a set finds its keys by kid`() throws {
        let set = try KeySet(Self.set(Self.jwk(.rs256), Self.jwk(.es256, ("es256", "rs256")), Self.jwk(.edDSA)))
        #expect(set.keys(kid: Array("rs256".utf8)).map(\.type) == [.rsa, .ec(.p256)])
        #expect(set.keys(kid: Array("other".utf8)).isEmpty)
    }

    @Test func `a fingerprint changes with numbers, kid and alg, and with nothing else`() throws {
        func fingerprint(_ jwk: String) throws -> SHA256Digest { try KeySet(Self.set(jwk)).keys[0].fingerprint }
        let original = try fingerprint(Self.jwk(.es256))
        #expect(try fingerprint(Self.jwk(.es256, (#""use":"sig""#, #""x5c":[]"#))) == original)
        let others = try [
            Self.jwk(.es256, ("es256", "other")), Self.jwk(.es256, (#","kid":"es256""#, "")),
            Self.jwk(.es256, (#""alg":"ES256","#, "")), Self.jwk(.es256, ("es256", "")), Self.jwk(.es384),
        ].map(fingerprint)
        #expect(Set(others + [original]).count == 6)
    }

    @Test func `the fingerprint of a set does not depend on the order of its keys`() throws {
        let (first, second, third) = (Self.jwk(.rs256), Self.jwk(.es256), Self.jwk(.edDSA))
        let original = try KeySet(Self.set(first, second)).fingerprint
        #expect(try KeySet(Self.set(second, first)).fingerprint == original)
        #expect(try KeySet(Self.set(second, first, first)).fingerprint == original)
        #expect(try KeySet(Self.set(first)).fingerprint != original)
        #expect(try KeySet(Self.set(first, second, third)).fingerprint != original)
        #expect(try KeySet(Self.set(first, second, #"{"kid":"x"}"#)).fingerprint != original)
    }

    @Test func `numbers from a program are checked like those of a set`() {
        #expect(throws: KeyRefusal.pointUnsuitable) {
            try VerificationKey(.ed25519([1, 2, 3]), kid: nil, algorithm: nil)
        }
        #expect(throws: KeyRefusal.algorithmUnsuitable) {
            try VerificationKey(TestKeys.key(.es256).material, kid: nil, algorithm: .es384)
        }
        #expect(throws: KeyRefusal.kidTooLong) {
            try VerificationKey(TestKeys.key(.es256).material, kid: [UInt8](repeating: 0, count: 257), algorithm: nil)
        }
    }

    /// An odd number of exactly so many bits, in base64url: no product of two primes, but nobody looks at that.
    private static func modulus(bits: Int, isEven: Bool = false) -> String {
        var bytes = [UInt8](repeating: 0xA5, count: (bits + 7) / 8)
        bytes[0] = 1 << UInt8((bits - 1) % 8)
        bytes[bytes.count - 1] = isEven ? 0xA4 : 0xA5
        return Fault.encoded(bytes)
    }

    private static func zeros(_ count: Int) -> String { Fault.encoded([UInt8](repeating: 0, count: count)) }
    private static func ones(_ count: Int) -> String { Fault.encoded([UInt8](repeating: 0xFF, count: count)) }
}
