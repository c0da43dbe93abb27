import Authentication
import Bytes
import Fixtures
import JOSE
import Testing

/// A token that is bound to a certificate is taken on connections with that one alone (contract section 24).
struct ClientCertificateTests {
    /// RFC 8705 appendix A.
    static let lines = [
        "MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx",
        "ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG",
        "SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ",
        "/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID",
        "SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV",
        "bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=",
    ]
    static let thumbprint = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
    private static let base64 = lines.joined()
    private static let pem = """
        -----BEGIN CERTIFICATE-----
        \(lines.joined(separator: "\n"))
        -----END CERTIFICATE-----

        """
    private static let digest: SHA256Digest = {
        let bytes = Base64URL.decode(Array(urlText.utf8).span.bytes) ?? []
        return SHA256Digest(of: bytes.span.bytes)
    }()
    private static let urlText = base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")

    private static func escaped(_ text: String) -> String {
        String(decoding: Array(text.utf8).percentEncoded, as: UTF8.self)
    }

    private static var hash: String { digest.hex }

    /// A format, a value, and whether it is the example's certificate.
    static let values: [(format: ClientCertificateRules.Format, value: String, isRead: Bool)] = [
        (.nginx, escaped(pem), true), (.nginx, escaped(String(pem.dropLast())), true),
        (.nginx, pem.replacing("\n", with: "%0A"), true), (.nginx, pem.replacing("\n", with: "%0a"), true),
        (.nginx, base64, false), (.nginx, escaped(base64), false), (.nginx, escaped(pem + pem), false),
        (.nginx, escaped("x" + pem), false), (.nginx, escaped(pem + "x"), false), (.nginx, escaped(pem + "\n"), false),
        (.nginx, escaped(pem.replacing("CERTIFICATE", with: "PRIVATE KEY")), false),
        (.nginx, escaped(pem.replacing("\n", with: "\r\n")), false),
        (.nginx, escaped(pem.replacing("MIIB", with: "MIIB\n\n")), false),
        (.nginx, escaped(pem.replacing("MIIB", with: "MIIB ")), false),
        (.nginx, escaped(pem.replacing("=", with: "")), false),
        (.nginx, escaped(pem.replacing("=", with: "==")), false),
        (.nginx, escaped(pem.replacing("SY=", with: "SZ=")), false),
        (.nginx, escaped(pem.replacing("+", with: "-")), false),
        (.nginx, escaped("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), false),
        (.nginx, escaped("-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n"), false),
        (.nginx, escaped(pem) + "%", false), (.nginx, escaped(pem) + "%0", false),
        (.nginx, escaped(pem) + "%zz", false),
        (.nginx, escaped(pem) + String(repeating: "%0A", count: 3_000), false), (.nginx, "x", false),
        (.traefik, base64, true), (.traefik, escaped(base64), true), (.traefik, base64 + "," + base64, false),
        (.traefik, escaped(base64 + "," + base64), false), (.traefik, escaped(pem), false),
        (.traefik, base64.replacing("=", with: ""), false), (.traefik, urlText, false), (.traefik, base64 + " ", false),
        (.traefik, "====", false), (.traefik, "A===", false),
        (.rfc9440, ":\(base64):", true), (.rfc9440, base64, false), (.rfc9440, ":\(base64)", false),
        (.rfc9440, "\(base64):", false), (.rfc9440, ":\(base64):, :\(base64):", false), (.rfc9440, "::", false),
        (.rfc9440, ":", false), (.rfc9440, ":\(base64):;a=1", false), (.rfc9440, ":\(escaped(base64)):", false),
        (.rfc9440, ":\(base64.replacing("=", with: "")):", false), (.rfc9440, ":\(urlText):", false),
        (.xfcc, "Hash=\(hash)", true), (.xfcc, "By=spiffe://a;hash=\(hash.uppercased());URI=b", true),
        (.xfcc, #"By=a;Hash="\#(hash)";Subject="/C=US,CN=\"x\";y""#, true),
        (.xfcc, #"Subject="a;Hash=b";Hash=\#(hash)"#, true),
        (.xfcc, "Hash=\(hash),Hash=\(hash)", false), (.xfcc, "By=a,Hash=\(hash)", false),
        (.xfcc, "Hash=\(hash),By=a", false), (.xfcc, "Hash=\(hash);Hash=\(hash)", false), (.xfcc, "By=a", false),
        (.xfcc, "Hash=\(hash.dropLast())", false), (.xfcc, "Hash=\(hash)0", false), (.xfcc, "Hash=", false),
        (.xfcc, "Hash=\(hash);", false), (.xfcc, "Hash=\(hash),", false), (.xfcc, ";Hash=\(hash)", false),
        (.xfcc, #"Subject="a;Hash=\#(hash)"#, false), (.xfcc, #"Subject="a\";Hash=\#(hash)"#, false),
        (.xfcc, "Hash=\(hash)\"", false), (.xfcc, " Hash=\(hash)", false), (.xfcc, "=\(hash)", false),
        (.xfcc, hash, false), (.xfcc, "Hash=\(hash);Subject=\"CN=\u{fc}\"", false),
        (.xfcc, "Hash=\(hash);By=a\u{7f}", false),
        (.xfcc, #"Hash="\#(hash)"x"#, false), (.xfcc, #"Subject="a"#, false),
    ]

    @Test(arguments: 0..<values.count) func `each format has one certificate or none`(number: Int) {
        let (format, value, isRead) = Self.values[number]
        let bytes = Array(value.utf8)
        let digest = ClientCertificateRules(format: format).digest(of: bytes.span.bytes)
        // What is base64 all the same is another certificate at most.
        #expect((digest == Self.digest) == isRead, "\(value)")
        if !isRead { #expect(digest == nil, "\(value)") }
    }

    /// The certificates that come, and what a token bound to the example's is refused for.
    static let presentations: [(certificates: [String], reason: String?)] = [
        ([escaped(pem)], nil), ([], "certificate_missing"), ([""], "certificate_missing"),
        ([escaped(pem), escaped(pem)], "certificate_malformed"), (["", escaped(pem)], "certificate_malformed"),
        (["x"], "certificate_malformed"), (["caf\u{e9}"], "certificate_malformed"),
        ([escaped(pem.replacing("MIIB", with: "MIIC"))], "certificate_mismatch"),
    ]

    @Test(arguments: 0..<presentations.count, ["Bearer", "bearer"])
    func `a bound token is refused without its certificate`(number: Int, scheme: String) {
        let (certificates, reason) = Self.presentations[number]
        var desk = Desk.ofProofs()
        var presentation = Presentation(confirmation: #"{"x5t#S256":"\#(Self.thumbprint)"}"#)
        (presentation.proof, presentation.scheme, presentation.certificates) = (nil, scheme, certificates)
        for _ in 0..<2 {
            #expect(desk.ask(presenting: presentation) == (reason == nil ? ResolverTokenTests.valid : Desk.invalid))
        }
        #expect(desk.refusals == (reason.map { ["token \($0)": 2] } ?? [:]))
        if reason != nil {
            #expect(
                desk.ask(.require, presenting: presentation)[1]
                    == #"WWW-Authenticate: DPoP algs="ES256", Bearer error="invalid_token""#)
        }
    }

    @Test func `in a cookie it needs the certificate as well`() {
        var desk = Desk.ofProofs()
        var presentation = Presentation(confirmation: #"{"x5t#S256":"\#(Self.thumbprint)"}"#)
        let cookie = "app_access_token=\(String(decoding: presentation.token.token, as: UTF8.self))"
        presentation.certificates = [Self.escaped(Self.pem)]
        #expect(desk.ask(cookies: [cookie], further: presentation.further) == ResolverTokenTests.valid)
        #expect(desk.ask(cookies: [cookie]) == Desk.invalid)
        #expect(desk.refusals == ["token certificate_missing": 1])
    }

    @Test func `a token that is bound to both needs both, the key's proof first`() {
        let both = #"{"jkt":"\#(ProofMint.thumbprint(of: TestKeys.key(.es256)))","x5t#S256":"\#(Self.thumbprint)"}"#
        var desk = Desk.ofProofs()
        var presentation = Presentation(identifier: "1", confirmation: both)
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
        #expect(desk.refusals == ["token certificate_missing": 1])
        presentation = Presentation(identifier: "2", confirmation: both)
        presentation.certificates = [Self.escaped(Self.pem)]
        #expect(desk.ask(presenting: presentation) == ResolverTokenTests.valid)
        presentation.scheme = "Bearer"
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
        #expect(desk.refusals["token confirmation_unchecked"] == 1)
        #expect(desk.refusals["token dpop_replayed"] == nil)
        // Where one of both is not checked, there is no way.
        var unchecked = Desk.ofProofs(certificates: nil)
        #expect(unchecked.ask(presenting: Presentation(confirmation: both)) == Desk.invalid)
        #expect(unchecked.refusals == ["token confirmation_unchecked": 1])
    }

    @Test func `a request that is refused for its certificate leaves its proof good, and one that is not uses it up`() {
        let both = #"{"jkt":"\#(ProofMint.thumbprint(of: TestKeys.key(.es256)))","x5t#S256":"\#(Self.thumbprint)"}"#
        var desk = Desk.ofProofs()
        let bare = Presentation(confirmation: both)
        var right = bare
        right.certificates = [Self.escaped(Self.pem)]
        for _ in 0..<2 { #expect(desk.ask(presenting: bare) == Desk.invalid) }
        #expect(desk.ask(presenting: right) == ResolverTokenTests.valid)
        #expect(desk.refusals == ["token certificate_missing": 2])
        // What was used is the reason then, whatever the certificate is.
        #expect(desk.ask(presenting: right) == Desk.invalid)
        #expect(desk.ask(presenting: bare) == Desk.invalid)
        #expect(desk.refusals == ["token certificate_missing": 2, "token dpop_replayed": 2])
    }

    @Test func `a wrong certificate is that, though the memory of proofs is full`() {
        let both = #"{"jkt":"\#(ProofMint.thumbprint(of: TestKeys.key(.es256)))","x5t#S256":"\#(Self.thumbprint)"}"#
        let replays = SharedReplays()
        replays.outcome = .full
        var desk = Desk.ofProofs(replays: replays)
        var presentation = Presentation(confirmation: both)
        #expect(desk.ask(presenting: presentation) == Desk.invalid)
        presentation.certificates = [Self.escaped(Self.pem)]
        #expect(desk.ask(presenting: presentation) == Desk.unknown(.proofMemoryFull))
    }

    @Test func `tokens that are bound to no certificate don't look at it`() {
        var desk = Desk.ofProofs()
        var presentation = Presentation(confirmation: nil)
        (presentation.proof, presentation.scheme, presentation.certificates) = (nil, "Bearer", ["x", "y"])
        #expect(desk.ask(presenting: presentation) == ResolverTokenTests.valid)
    }
}
