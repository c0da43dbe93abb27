import Bytes
import Fixtures
import JOSE
import Testing

/// Private keys that are read from PEM texts, and what they are called.
@Suite struct PrivateKeyFileTests {
    private static func pem(_ label: String, _ text: String) -> [UInt8] {
        Array("-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n".utf8)
    }

    private static let ed25519 = pem(
        "PRIVATE KEY", "MC4CAQAwBQYDK2VwBCIEIIrV15R2QfykxScgOoNhiD2xswqPSa15EumY6DS84pNT")
    private static let p256 = pem(
        "PRIVATE KEY",
        """
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgK/IREOWieUWYHh68
        NqPXuy8E3+Dj1ZecN1FNscSqysWhRANCAAQJ8+FX9ezrviwdZGS2ITGBozrI9YUM
        HiktuEusbna+8Oa4yVfyT2TgAdJ5sPV2SSPkFrRz2T9QMhzz+vb3YdIQ
        """)
    /// The same key with its point compressed.
    private static let compressed = pem(
        "EC PRIVATE KEY",
        """
        MFcCAQEEICvyERDlonlFmB4evDaj17svBN/g49WXnDdRTbHEqsrFoAoGCCqGSM49
        AwEHoSQDIgACCfPhV/Xs674sHWRktiExgaM6yPWFDB4pLbhLrG52vvA=
        """)
    /// As `openssl ecparam -genkey` writes it.
    private static let withParameters =
        pem("EC PARAMETERS", "BggqhkjOPQMBBw==")
        + pem(
            "EC PRIVATE KEY",
            """
            MHcCAQEEIJbIHt3yyAICZ0F2jLZDjOnLnejDaGD3VvD5QqVrE7E5oAoGCCqGSM49
            AwEHoUQDQgAEO5SPCCVJSV1UEGpLVxIVfhM9UPQKpnDWpxwaTgvpchu/BNvmvOO+
            WcjeVBKJXgWbmFHLl0Nz4H1TSPR+mm/yRQ==
            """)

    /// The thumbprints are another program's.
    @Test(arguments: [
        (ed25519, Algorithm.edDSA, "KRKTNCxT25CkM5EJgSM0zane8XDevl9tUcqxttv6Bks"),
        (p256, .es256, "u841bWjOFHQh8wzbRnRp6YQge6m1hZ2F5CoxAumOcb0"),
        (compressed, .es256, "u841bWjOFHQh8wzbRnRp6YQge6m1hZ2F5CoxAumOcb0"),
        (withParameters, .es256, "nGYT92jEznWAFJ-7eBz2fphg3lBGSwEUy635AIV6pOI"),
    ])
    func `a key in PEM signs what its published half verifies, under its thumbprint`(
        text: [UInt8], algorithm: Algorithm, thumbprint: String
    ) throws {
        let key = try SigningKey(pem: text.span.bytes)
        #expect(key.algorithm == algorithm)
        #expect(key.kid == thumbprint)
        let published = try KeySet([key]).keys[0]
        let message = Array("a message".utf8)
        let signature = try key.signature(of: message)
        #expect(published.verifies(signature, of: message, by: algorithm))
        #expect(published.kid == Array(thumbprint.utf8))
    }

    private static let others: [(text: [UInt8], error: SigningKeyError)] = [
        ([], .unreadable), (Array("no key".utf8), .unreadable), (Array(p256.dropLast(60)), .unreadable),
        // Encrypted: nobody is asked for a pass phrase.
        (
            pem(
                "ENCRYPTED PRIVATE KEY",
                """
                MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjH3ib7/iOhXwICCAAw
                DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHcrOfidm8p3cv5dt8q4JPYEQFkR
                Owyxx5p1HE49qSLIESnth6w7Unbwxh/3BvBvPf/pCZN4CBXtmvRbLbGz5vESKI1y
                4G/J6skEDiyAx7xScfA=
                """), .unreadable
        ),
        (pem("PUBLIC KEY", "MCowBQYDK2VwAyEAkr/Y4ElUJH/AH7LhDVViOcr+EYM2qR5gffrrZWJ3TUk="), .unreadable),
        // The public half is another key's.
        (
            pem(
                "PRIVATE KEY",
                """
                MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgK/IREOWieUWYHh68
                NqPXuy8E3+Dj1ZecN1FNscSqysWhRANCAAQ7lI8IJUlJXVQQaktXEhV+Ez1Q9Aqm
                cNanHBpOC+lyG78E2+a8475ZyN5UEoleBZuYUcuXQ3PgfVNI9H6ab/JF
                """), .unreadable
        ),
        // P-384, X25519, Ed448.
        (
            pem(
                "PRIVATE KEY",
                """
                MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAEq97I+fVvuV7YmqOG
                0KlDrie9Rvzs3zlVesTYA76egkpALG+82ikhox+JhXMkaAyhZANiAASMm+MaFdX3
                3j97Rivc5W33V61PA8+ky+cahdmDU4a/yKP2X9rwjTGEQUSVF1UxFabnI1pHqyc0
                wTr2+SseMhxHa4+PryWB4pUtBmapsEmhzxLPbQfCuOLs9ppNU+hgfNw=
                """), .ofOtherType
        ),
        (
            pem("PRIVATE KEY", "MC4CAQAwBQYDK2VuBCIEIFDcZ3XIRVpyxgmmCVhtdCoS2RguqaI8WG8HXYugwYZY"),
            .ofOtherType
        ),
        (
            pem(
                "PRIVATE KEY",
                """
                MEcCAQAwBQYDK2VxBDsEOTpd3kyIQ4Ddzginfc7pHl+D281SMGdb6Sc02GBAIbDP
                6I7bDcy9zp7FcM0CbGdsCaW9nxEu2ce0Mw==
                """), .ofOtherType
        ),
    ]

    @Test(arguments: others.indices) func `what is no private key, or of another kind, is refused`(index: Int) {
        let (text, error) = Self.others[index]
        #expect(throws: error) { () throws in try SigningKey(pem: text.span.bytes) }
    }

    private static func number(_ text: String) -> [UInt8] { Base64URL.decode(Array(text.utf8).span.bytes) ?? [] }

    /// Examples of RFC 7638 section 3.1, RFC 8037 appendix A.3 and RFC 9449 section 6.1.
    private static let examples: [(PublicKeyMaterial, String)] = [
        (
            .rsa(
                modulus: number(
                    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV"
                        + "4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7"
                        + "d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF4"
                        + "4-csFCur-kEgU8awapJzKnqDKgw"), exponent: [1, 0, 1]),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        ),
        (
            .ed25519(number("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        ),
        (
            .ec(
                .p256, x: number("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"),
                y: number("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
        ),
    ]

    @Test(arguments: examples) func `thumbprints are those of the standards' examples`(
        material: PublicKeyMaterial, thumbprint: String
    ) {
        #expect(material.thumbprint == thumbprint)
    }
}
