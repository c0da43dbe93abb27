import Foundation
import Testing

extension IntegrationTests {
    /// `inspect` (contract section 8).
    @Suite struct InspectTests {
        let directory: String
        let options: [String]

        init() throws {
            directory = try Scratch.directory()
            try Scratch.write(Mint.keySet(), to: "\(directory)/jwks.json")
            options = ["--jwks", "jwks.json", "--issuer", Mint.issuer, "--audience", Mint.audience]
        }

        @Test func `a line for each token, in order, and 1 when one is invalid`() throws {
            let tokens = try [
                Mint.token(), Mint.token(["exp": Mint.time(-99)]), Mint.tamperedToken(), Mint.unsignedToken(), "x",
                Mint.token(["aud": #""other""#]), Mint.token(),
            ]
            let expected = """
                valid
                invalid expired
                invalid signature_wrong
                invalid algorithm_unknown
                invalid not_three_parts
                invalid audience_unknown
                valid

                """
            let (status, output) = try inspect(options + tokens)
            #expect(output == expected)
            #expect(status == 1)
        }

        @Test func `from standard input the same`() throws {
            let tokens = try [Mint.token(), Mint.token(["exp": Mint.time(-99)]), Mint.token()]
            try Scratch.write(tokens.joined(separator: "\n"), to: "\(directory)/tokens")
            let (status, output) = try inspect(options, input: "\(directory)/tokens")
            #expect(output == "valid\ninvalid expired\nvalid\n")
            #expect(status == 1)
        }

        @Test func `0 when all are valid`() throws {
            let (status, output) = try inspect(options + [Mint.token(), Mint.token(["sub": #""u2""#])])
            #expect(output == "valid\nvalid\n")
            #expect(status == 0)
        }

        @Test func `the signature only`() throws {
            let tokens = try [
                Mint.token(["exp": Mint.time(-99), "iss": #""elsewhere""#, "aud": nil]), Mint.tamperedToken(),
            ]
            let (status, output) = try inspect(["--jwks", "jwks.json", "--signature-only"] + tokens)
            #expect(output == "valid\ninvalid signature_wrong\n")
            #expect(status == 1)
        }

        @Test func `without issuer and audience a token may be anybody's, for anybody`() throws {
            let tokens = try [
                Mint.token(["iss": #""elsewhere""#, "aud": #""other""#]), Mint.token(["aud": #"["a","b"]"#]),
                Mint.token(["exp": Mint.time(-99)]), Mint.token(["aud": nil]), Mint.token(["iss": nil]),
                Mint.tamperedToken(), "x",
            ]
            let (status, output) = try inspect(["--jwks", "jwks.json"] + tokens)
            #expect(
                Self.verdicts(output) == [
                    "valid", "valid", "invalid expired", "invalid audience_missing", "invalid issuer_missing",
                    "invalid signature_wrong", "invalid not_three_parts",
                ])
            #expect(status == 1)
            let other = try inspect(["--jwks", "jwks.json", "--issuer", "other", Mint.token()])
            #expect(other.1 == "invalid issuer_unknown\n")
            #expect(try inspect(["--jwks", "jwks.json", "--audience", Mint.audience, Mint.token()]).0 == 0)
        }

        @Test func `a hyphen is what standard input has`() throws {
            try Scratch.write(Mint.token(), to: "\(directory)/tokens")
            let (status, output) = try inspect(options + ["x", "-"], input: "\(directory)/tokens")
            #expect(output == "invalid not_three_parts\nvalid\n")
            #expect(status == 1)
        }

        @Test func `explained, each check has its outcome`() throws {
            let (status, output) = try inspect(options + ["--explain", Mint.token(["aud": #""other""#])])
            let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            #expect(lines.first == "invalid audience_unknown")
            #expect(lines.contains { $0.hasPrefix("passed exp: found 20") })
            #expect(lines.last == #"failed aud: found "other"; wanted "\#(Mint.audience)" (audience_unknown)"#)
            #expect(status == 1)
        }

        @Test func `explained, a valid token has the headers of Authgear's claims, the default`() throws {
            let claims = "https://authgear.com/claims/user/"
            let token = try Mint.token(["\(claims)roles": #"["a","b"]"#, "\(claims)is_anonymous": "false"])
            let (status, output) = try inspect(options + ["--explain", token])
            #expect(status == 0)
            for header in ["session-valid: true", "user-anonymous: false", "user-roles: a,b"] {
                #expect(output.contains("\n  x-authgear-\(header)\n"), "\(output)")
            }
        }

        @Test func `with a configuration, on its issuers' terms and with their keys`() throws {
            let issuer = try IssuerServer(keys: Mint.keySet())
            try Scratch.write(
                """
                issuers: [{ issuer: "\(Mint.issuer)", audiences: ["\(Mint.audience)"], jwks_uri: "\(issuer.keysURL)" }]
                """, to: "\(directory)/resolver.yaml")
            let (status, output) = try inspect(["--config", "resolver.yaml", Mint.token(), Mint.tamperedToken()])
            #expect(Self.verdicts(output) == ["valid", "invalid signature_wrong"])
            #expect(status == 1)
            try Scratch.write("\(Mint.token())\nx\n", to: "\(directory)/tokens")
            let (_, lines) = try inspect(["--config", "resolver.yaml"], input: "\(directory)/tokens")
            #expect(Self.verdicts(lines) == ["valid", "invalid no_credential"])
            issuer.stop()
            let (_, complaint) = try inspect(["--config", "resolver.yaml", Mint.token()])
            #expect(complaint.contains("issuer \(Mint.issuer): no keys from \(issuer.keysURL): connection refused"))
        }

        @Test func `without keys it is not 0`() throws {
            let (status, output) = try inspect(["--jwks", "nowhere.json", "--signature-only", Mint.token()])
            #expect(status != 0)
            #expect(output.contains("nowhere.json"))
        }

        /// The lines that are no explanations.
        private static func verdicts(_ output: String) -> [String] {
            output.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map(String.init)
        }

        private func inspect(_ arguments: [String], input: String = "/dev/null") throws -> (Int32, String) {
            let process = try ResolverServer.run(["inspect"] + arguments, in: directory, input: input)
            return (try process.wait(), process.output)
        }
    }
}
