import Authentication
import AuthgearResolver
import Fixtures
import Foundation
import Testing

/// `assertion`: what is asserted to backends, and by which key.
@Suite struct AssertionConfigurationTests {
    static let ed25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIIrV15R2QfykxScgOoNhiD2xswqPSa15EumY6DS84pNT
        -----END PRIVATE KEY-----

        """
    static let p256 = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgK/IREOWieUWYHh68
        NqPXuy8E3+Dj1ZecN1FNscSqysWhRANCAAQJ8+FX9ezrviwdZGS2ITGBozrI9YUM
        HiktuEusbna+8Oa4yVfyT2TgAdJ5sPV2SSPkFrRz2T9QMhzz+vb3YdIQ
        -----END PRIVATE KEY-----

        """
    private static let x25519 = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIFDcZ3XIRVpyxgmmCVhtdCoS2RguqaI8WG8HXYugwYZY
        -----END PRIVATE KEY-----

        """

    /// A folder with the keys `ed.pem`, `p256.pem` and `x.pem`, and with `text.pem`, which has none.
    private static func folder() throws -> TemporaryDirectory {
        let folder = TemporaryDirectory()
        for (name, text) in [("ed", ed25519), ("p256", p256), ("x", x25519), ("text", "no key: 5ecret")] {
            try text.write(toFile: "\(folder.path)/\(name).pem", atomically: false, encoding: .utf8)
        }
        return folder
    }

    private static func read(_ keys: String, in folder: borrowing TemporaryDirectory) throws -> Configuration {
        try configuration(soundIssuer + "assertion: { \(keys) }\n", path: "\(folder.path)/resolver.yaml")
    }

    private static let rest = "issuer: \"https://gw.example\", audiences: [stock]"

    @Test func `the keys are read, and published`() throws {
        let folder = try Self.folder()
        let plain = try #require(try Self.read("key_file: ed.pem, \(Self.rest)", in: folder).assertion)
        #expect(plain.signer.header == "x-authgear-assertion")
        #expect(plain.keyFile == "\(folder.path)/ed.pem" && plain.nextKeyFile == nil)
        #expect(
            plain.jwks
                == #"{"keys":[{"crv":"Ed25519","kty":"OKP","x":"kr_Y4ElUJH_AH7LhDVViOcr-EYM2qR5gffrrZWJ3TUk","use":"sig","#
                + #""alg":"EdDSA","kid":"KRKTNCxT25CkM5EJgSM0zane8XDevl9tUcqxttv6Bks"}]}"#)
        let whole = try #require(
            try Self.read(
                "header: x-who, key_file: p256.pem, next_key_file: ed.pem, lifetime: 24h, \(Self.rest)", in: folder
            ).assertion)
        #expect(whole.signer.header == "x-who")
        let kids = whole.jwks.matches(of: /"kid":"([^"]*)"/).map { String($0.1) }
        #expect(
            kids == ["u841bWjOFHQh8wzbRnRp6YQge6m1hZ2F5CoxAumOcb0", "KRKTNCxT25CkM5EJgSM0zane8XDevl9tUcqxttv6Bks"])
        #expect(!whole.jwks.contains("\"d\""))
        let same = try Self.read("key_file: ed.pem, next_key_file: ed.pem, \(Self.rest)", in: folder).assertion
        #expect(same?.jwks == plain.jwks)
        #expect(same?.signer == plain.signer)
        #expect(try configuration(soundIssuer).assertion == nil)
    }

    @Test(arguments: [
        ("\(rest)", "assertion.key_file: missing"),
        ("key_file: ed.pem, audiences: [stock]", "assertion.issuer: missing"),
        ("key_file: ed.pem, issuer: i", "assertion.audiences: missing"),
        ("key_file: ed.pem, issuer: i, audiences: []", "assertion.audiences: is empty"),
        ("key_file: none.pem, \(rest)", "/none.pem can't be read: no such file or directory; allowed: a PEM file"),
        ("key_file: text.pem, \(rest)", "/text.pem has no private key that can be used without a pass phrase"),
        ("key_file: x.pem, \(rest)", "/x.pem has a key for neither P-256 nor Ed25519"),
        ("key_file: ed.pem, next_key_file: x.pem, \(rest)", "assertion.next_key_file: "),
        ("key_file: ed.pem, lifetime: 500ms, \(rest)", "assertion.lifetime: \"500ms\" is out of range"),
        ("key_file: ed.pem, lifetime: 1500ms, \(rest)", "assertion.lifetime: \"1500ms\" is not in whole seconds"),
        ("key_file: ed.pem, lifetime: 2d, \(rest)", "assertion.lifetime: \"2d\" is out of range"),
        ("key_file: ed.pem, header: authorization, \(rest)", "\"authorization\" is a header that the message needs"),
        ("key_file: ed.pem, header: x-authgear-user-id, \(rest)", "\"x-authgear-user-id\" is a header of ours"),
        ("key_file: ed.pem, header: x-authgear-allowed, \(rest)", "\"x-authgear-allowed\" is a header of ours"),
        ("key_file: ed.pem, header: x-authgear-login, \(rest)", "\"x-authgear-login\" is a header of ours"),
        ("key_file: ed.pem, header: X-Who, \(rest)", "\"X-Who\" is not a header's name in lower case"),
        ("key_file: ed.pem, header: x-accel-redirect, \(rest)", "\"x-accel-redirect\" is a header that nginx acts on"),
        ("key_file: ed.pem, header: x-original-uri, \(rest)", "\"x-original-uri\" is a header that the message needs"),
        ("key_file: ed.pem, header: dpop, \(rest)", "\"dpop\" is a header that is read for what it is"),
        ("key_file: ed.pem, header: x-forwarded-for, \(rest)", "is a header that is read for what it is"),
        ("key_file: ed.pem, key: k, \(rest)", "assertion.key: unknown key"),
    ])
    func `what is wrong is said, and no byte of a file`(keys: String, words: String) throws {
        let folder = try Self.folder()
        let error = #expect(throws: ConfigurationError.self) { try Self.read(keys, in: folder) }
        #expect(error?.problems.count == 1, "\(error?.description ?? "")")
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("5ecret") == false)
    }

    @Test(arguments: [
        "issuers: [{ issuer: \"https://id.example\", audiences: [a], headers: { x-who: u } }]\n",
        soundIssuer + "tokens: { static: { file: t, header: x-who } }\n",
        soundIssuer + "original: nginx\ncsrf: { token: { cookie: c, header: x-who } }\n",
        soundIssuer + "client_certificate: { header: x-who, format: nginx }\n",
    ])
    func `its header is no other one's`(text: String) throws {
        let folder = try Self.folder()
        let assertion = "assertion: { key_file: \(folder.path)/ed.pem, header: x-who, \(Self.rest) }\n"
        #expect(report(text + assertion).contains("assertion.header: is a header that has another meaning"))
        #expect(report(text + assertion.replacing("x-who", with: "x-else")) == "")
    }

    @Test func `nobody else's header can be called so`() {
        let issuer =
            "issuers: [{ issuer: \"https://id.example\", audiences: [a], headers: { x-authgear-assertion: u } }]"
        #expect(report(issuer).contains("headers.x-authgear-assertion: is a header of ours"))
    }

    @Test func `the printed files set or clear it under either name`() throws {
        let folder = try Self.folder()
        let read = try Self.read("key_file: ed.pem, header: x-who, \(Self.rest)", in: folder)
        for file in NginxFiles(read).all where ["require.conf", "clear.conf"].contains(file.name) {
            for name in ["x-authgear-assertion", "x-who"] {
                #expect(file.text.contains("\nproxy_set_header \(name) "), "\(file.name) \(name)")
            }
            #expect(file.text.contains("$upstream_http_x_who;") == (file.name == "require.conf"))
            #expect(!file.text.contains("$upstream_http_x_authgear_assertion;"))
        }
    }

    @Test func `check says by which key is signed, and who may read it`() throws {
        let folder = try Self.folder()
        let read = try Self.read("key_file: ed.pem, next_key_file: p256.pem, \(Self.rest)", in: folder)
        func lines() -> [String] { Finding.assertion(of: read).map(\.line) }
        for (name, mode) in [("ed", 0o600), ("p256", 0o640)] {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode], ofItemAtPath: "\(folder.path)/\(name).pem")
        }
        #expect(
            lines() == [
                "ok     assertion: signs in x-authgear-assertion with EdDSA, kid KRKTNCxT25CkM5EJgSM0zane8XDevl9tUcqxttv6Bks",
                "hint   assertion.next_key_file: \(folder.path)/p256.pem has the mode 0640: "
                    + "others may read it, or write it, and sign as this resolver; chmod 600 keeps it to its owner",
            ])
        #expect(Finding.assertion(of: Configuration()) == [])
    }
}
