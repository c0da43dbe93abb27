import Bytes
import Fixtures
import JOSE
import Testing

/// Keys whose numbers are written in other ways than the RFCs have them: what means the same key is the same key.
@Suite struct LenientKeyTests {
    /// Key pairs of which a coordinate begins with a zero byte: one P-256 key of 128 and most P-521 keys.
    static let withZeros = [Algorithm.es256, .es384, .es512].map { algorithm in
        while true {
            let key = sure { () throws(SigningKeyError) in try SigningKey(generating: algorithm, kid: nil) }
            if case .ec(_, let x, let y) = key.material, x[0] == 0 || y[0] == 0 { return key }
        }
    }

    /// Another way to write a number.
    enum Form: CaseIterable {
        case padded, withZero, withZeroPadded, withoutZeros, withoutZerosPadded

        func text(_ number: [UInt8]) -> String {
            switch self {
            case .padded: Self.padded(number)
            case .withZero: Fault.encoded([0] + number)
            case .withZeroPadded: Self.padded([0] + number)
            case .withoutZeros: Fault.encoded(Array(number.drop { $0 == 0 }))
            case .withoutZerosPadded: Self.padded(Array(number.drop { $0 == 0 }))
            }
        }

        private static func padded(_ number: [UInt8]) -> String {
            let text = Fault.encoded(number)
            return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        }
    }

    @Test(arguments: withZeros + [.rs256, .ps512, .es256, .edDSA].map(TestKeys.key), Form.allCases)
    func `a key is the same in each form, and verifies what it signed`(_ key: SigningKey, _ form: Form) throws {
        if case .ed25519 = key.material, form == .withoutZeros || form == .withoutZerosPadded { return }
        let strict = try #require(try KeySet([key]).keys.first)
        let set = try KeySet(#"{"keys":[\#(Self.jwk(key, form))]}"#)
        let lenient = try #require(set.keys.first)
        let message = Array("message".utf8)
        #expect(lenient.verifies(try key.signature(of: message), of: message, by: key.algorithm))
        #expect(lenient.fingerprint == strict.fingerprint)
    }

    private static func jwk(_ key: SigningKey, _ form: Form) -> String {
        let kid = key.kid.map { #","kid":"\#($0)""# } ?? ""
        let members =
            switch key.material {
            case .rsa(let n, let e): #""kty":"RSA","n":"\#(form.text(n))","e":"\#(form.text(e))""#
            case .ec(let curve, let x, let y):
                #""kty":"EC","crv":"\#(curve.name)","x":"\#(form.text(x))","y":"\#(form.text(y))""#
            case .ed25519(let x): #""kty":"OKP","crv":"Ed25519","x":"\#(form.text(x))""#
            }
        return #"{\#(members),"alg":"\#(key.algorithm.name)"\#(kid)}"#
    }

    @Test func `two zero bytes before a coordinate, or one missing of an Ed25519 key, are too much`() throws {
        guard case .ec(_, let x, let y) = TestKeys.key(.es256).material,
            case .ed25519(let point) = TestKeys.key(.edDSA).material
        else { throw KeySetError.notAKeySet }
        for material in [.ec(.p256, x: [0, 0] + x, y: y), .ed25519(Array(point.dropFirst())), .ed25519([1] + point)]
            as [PublicKeyMaterial]
        {
            #expect(throws: KeyRefusal.pointUnsuitable) { try VerificationKey(material, kid: nil, algorithm: nil) }
        }
    }

    @Test func `in a token padding is refused`() {
        let token = String(decoding: TokenMint(.edDSA).token, as: UTF8.self)
        for part in 0..<3 {
            var parts = token.split(separator: ".").map(String.init)
            parts[part] += String(repeating: "=", count: (4 - parts[part].utf8.count % 4) % 4)
            guard parts.joined(separator: ".") != token else { continue }
            #expect(TokenMint.verifier().verify(Array(parts.joined(separator: ".").utf8)).token == nil)
        }
    }
}
