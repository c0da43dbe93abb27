import Bytes
import Fixtures
import JOSE
import Testing

/// Signatures that a lax verifier would take.
@Suite struct ForgedSignatureTests {
    private func verify(_ token: String, modulus: String, exponent: String, _ algorithm: String) throws {
        let jwk = #"{"kty":"RSA","n":"\#(modulus)","e":"\#(exponent)","alg":"\#(algorithm)"}"#
        try TokenVerifier.verifySignature(of: Array(token.utf8), with: KeySet(#"{"keys":[\#(jwk)]}"#))
    }

    // OpenSSL's command line made these with `-sigopt`; the payload is `{}`.

    @Test func `a PSS salt as long as the digest is right`() throws {
        try verify(Self.rightSalt, modulus: Self.modulus, exponent: "AQAB", "PS256")
    }

    @Test(arguments: [
        ("no salt", noSalt), ("a salt of 20 bytes", shortSalt), ("the longest salt", longSalt),
        ("MGF1 with SHA-1", otherMask), ("SHA-384", otherHash),
    ])
    func `PS256 with another salt length, mask or hash is wrong (RFC 7518 section 3.5)`(
        _ what: String, _ token: String
    ) {
        let refusal = #expect(throws: TokenRefusal.self) {
            try verify(token, modulus: Self.modulus, exponent: "AQAB", "PS256")
        }
        #expect(refusal == .signatureWrong)
    }

    @Test func `RS256 over another hash is wrong`() {
        let refusal = #expect(throws: TokenRefusal.self) {
            try verify(Self.otherDigestInfo, modulus: Self.modulus, exponent: "AQAB", "RS256")
        }
        #expect(refusal == .signatureWrong)
    }

    @Test func `an exponent of 3 is right`() throws {
        try verify(Self.rightCube, modulus: Self.cubeModulus, exponent: "Aw", "RS256")
    }

    /// A cube root computed without the private key: padding and digest are right, but garbage follows them.
    @Test func `a forged cube root with short padding is wrong`() {
        let refusal = #expect(throws: TokenRefusal.self) {
            try verify(Self.forgedCube, modulus: Self.cubeModulus, exponent: "Aw", "RS256")
        }
        #expect(refusal == .signatureWrong)
    }

    @Test(arguments: [Algorithm.es256, .es384, .es512])
    func `ECDSA signatures without a number, with one out of range or in DER are wrong`(_ algorithm: Algorithm) throws {
        let key = TestKeys.key(algorithm)
        let verification = try KeySet([key]).keys[0]
        let message = Array("a message".utf8)
        let signature = try key.signature(of: message)
        let half = signature.count / 2
        let (zero, most) = ([UInt8](repeating: 0, count: half), [UInt8](repeating: 0xFF, count: half))
        let (r, s) = (Array(signature.prefix(half)), Array(signature.suffix(half)))
        #expect(verification.verifies(r + s, of: message, by: algorithm))
        for wrong in [
            zero + zero, r + zero, zero + s, most + most, r + most, most + s, s + r, [], [0], r, r + s + [0],
            [0] + r + [0] + s, [0x30, UInt8(2 * half + 4), 2, UInt8(half)] + r + [2, UInt8(half)] + s,
        ] {
            #expect(!verification.verifies(wrong, of: message, by: algorithm))
        }
    }

    /// Among so many signatures some have numbers with leading zero bytes and with their highest bit set, which DER
    /// writes otherwise.
    @Test(arguments: [(Algorithm.es256, 1500), (.es384, 100), (.es512, 100)])
    func `ECDSA signatures of all shapes are right`(_ algorithm: Algorithm, _ count: Int) throws {
        let key = TestKeys.key(algorithm)
        let verification = try KeySet([key]).keys[0]
        for number in 0..<count {
            let message = Array("message \(number)".utf8)
            let signature = try key.signature(of: message)
            #expect(verification.verifies(signature, of: message, by: algorithm))
        }
    }

    @Test(arguments: Algorithm.allCases)
    func `a signature of a wrong length is wrong`(_ algorithm: Algorithm) throws {
        let key = TestKeys.key(algorithm)
        let verification = try KeySet([key]).keys[0]
        let message = Array("a message".utf8)
        let signature = try key.signature(of: message)
        let wrongs: [[UInt8]] = [
            Array(signature.dropLast()), Array(signature.dropFirst()), signature + [0], [0] + signature, [],
        ]
        for wrong in wrongs {
            #expect(!verification.verifies(wrong, of: message, by: algorithm))
        }
    }

    private static let modulus = """
        8R6TINi_Tzfl_GwsSq-ZL6QMObVNQMMeVQLQeQbd--0NtyLqzwSJXlnDJO3LNltfMTfuabn_yzK0liZKwdcASWld-fqeAFBOygs2\
        g6Bn-VQnVr0e3uQwYlt8r_gkYX9qa5f_hxqEF-R5_swboNqp0gfLfsssUfbhoKarifwGH0XotE30ogoUC57z5KinuxlYfGsHrlbW\
        Ik5YW7pXUkyc59Tn9qf9bIUsiXg1NNHkqkBMweYxlr9_gHe2RPS66DWAW_btsfHcItctzzbn9wa_J8N2uhhbmi16qAcA833T0SF2\
        fsCF1l98X9bfZHayDtyuPRbUG21n5y71wO96acFdTw
        """
    private static let cubeModulus = """
        vgAxGHqmGpjfh_EgQOhH079-XZecP0FsyZLvULAQ5lqNSueuj6GyOOvai20ZBf0YdbsgeaF_bSGnccjIAwWZq8QGZgIc-7EVHLP5\
        fpNPEfbX0VN81sHY9emg3sh7dUicgmekZptnvhnRu5L1gHj7vdMINJ0K0184iq4KiTCon_yVlWue3djE9khb4mMSVxN4ymcMUnH_\
        WePF3I3da7RmXgIMkqJBd-m38A0p6GYBT4i06E0ha23v881E0C8Gb8Eo7JisGBc9bwaa_RJhRUrvAv7yGXReiGl9_lTX6x0meKfL\
        DFG7ZULagtPkgEgVG9EQ26rVNhZLQMQ50fOwQQ-KIw
        """
    private static let rightSalt = """
        eyJhbGciOiAiUFMyNTYifQ.e30.lkT8AMt-AxOubmZRMiEdlmf6uIJvCS8bo78Q0tN_IzwMkAsiXKvxgUZI6ggxQp6ibJ3nsE2ug\
        b_8Wh834RwCMt3AtLQkLITjVSYzZt3DKOhX62iCfmfa1z_TDcXaZ95IYnx-yQRPBk4fNMRD_G7oBwQ8mmrL8GodEDDcra0uMB0Kd\
        5XhkxDAwyQvOcfVQNfSAYPr55wExrJC1Zewr8iQgEBvNtWPaSbPOefKBPfsdw2V_P17eloNIi-QhMdweQ5ajGPhvi4VQ18rhzXtO\
        sflpZ8_ZkFBR9wh38Ff5o9l_XL1vOvx9VYmRK-u-UY8K42ADZv0MmIygQQTxXscRkMBmA
        """
    private static let noSalt = """
        eyJhbGciOiAiUFMyNTYifQ.e30.w6ctNjm5j3_3usA2lW_2JSHg6IKXqxFz_Zltc76VZ0I9hsawcP0ReEoUVf6gWpyAS7hFLRmzW\
        oy32OM_lF5QMs53yofsNKg_-WLSA-Te9xVz5NlPy9gfOgvXZj0h0LeGuEjJ-U0yKDb9s7BsBQISoHpF4oiMLEjaYeVboBnwQODkp\
        hSo4PatsCjuAC7R4fErEh7K6Yfll2T6UDum0OW272td9tLMVt3AqOiyM1zpE717QhnhQH_ssItANn5CbSpweelh1LyfrULhXQrFQ\
        R8dTKpcJvZok7jC_qIqbmeVRj9UFDqJY5KM8RtwGl8MnBPTtC-nnlOCmZS7Gjlfwp2JZg
        """
    private static let shortSalt = """
        eyJhbGciOiAiUFMyNTYifQ.e30.qZXiJN__0Z8Y140k1zdDHjgl0volwDVZwPIFjEHGfxciD7TSlLYcKCglMj_85xrZGS1nEdblZ\
        vH6VGm6CF3-fh4uHDrmn2SGskMcBKqolFqxUtTwzDiXc6dBgPOxca1thCLARz-VOdtMV88ih_-YblTy1w38LNx6fzhgxy2SXw_kR\
        ZzdHt975fHSQMbblSL0A36i4vyUVnsE3Uvxh3Gxz1MJ2ptIWqmoCsE3LUYUpz6ZSJSFLEVrrE5ouyGYtduD3cG_VhlTYq0f3s939\
        TUMw7rJ8Z6U5I72Y8APj3bu6gCCzFSu4Zkj6zdv_KGzzpBat9wvn4Aw0ILCngOkzEo0lQ
        """
    private static let longSalt = """
        eyJhbGciOiAiUFMyNTYifQ.e30.rI4IiXohxDQ46mqIgXVFYCBqwUzhiyKWcjkhe8kqIFvGekco9Ge0MQunv2l1v93a-qN-4b7jF\
        YxFHAflicKDRCMkLcDVr6OKLdynCyRu_ppHFjl-plEk8j89qgNKdrD5t5j5AVh6vAb7lmucsUrjx7-72aZWzm1vrTbpCI8u64Hs8\
        JP6ydzfl856WaAIouOVJanI6jqcqyf3FZb22JsuNUeAaJACnvn20U9sCg78XAANnzY6eLbs39NXCLB4RElLn5xUWdqTckQBDaFTl\
        0LW2n5io5KKFA1okMHKWPaFpbIWxoOQJ-mIG6-uekBe9G8jV04b-21ySPD5GdSXKyuFUA
        """
    private static let otherMask = """
        eyJhbGciOiAiUFMyNTYifQ.e30.yYPwFmw8eiG86Cuh9nNjRFS1e5JMewgO_uDCx1glbileukgkLi3Ic3ruQRvXMV2OASbWyuOy6\
        PdGv-ZqNFL5f2pfLV8OtGGGhI5CAvH3hxlIc3LscV3AqvtMFV5_2kBpxpg_Zukxz9_jIMMV8OvFP9zRw_8mYREYPNBk9ZjVT7rpq\
        fAJIEep_3lVrd7Df3nWiBm2IJpYaOvmekv-miNEiZS2kIKW5kvaiadTyOTjj_wZWyJpYRmYuekCZ4cEz3OGQZSADTNqC47yc1mYv\
        I7Ps7zYDtwJMz7QBumeb9vvzeAqT8L-4fZ_MZ-yWEqAzG5dgkXBnOziSNZlfIThS4xiUA
        """
    private static let otherHash = """
        eyJhbGciOiAiUFMyNTYifQ.e30.FOP2jrLcMM5mwgtzJ8UMFNagScWOeZrag7d1ic0D9aNs4AUTl1ZjAU2T4Kaeghw3-ccuk47Py\
        oe7EeiBIGQfexPOVyZ47gJHkYXZJ5VUoK3SHkGuXZwQNHY-prnnBKFShQ6adXMxA9giCU0v_vKgd0fbslkJIL8-dOtJnWHCD7uKm\
        MBRXtA-mYSZAxHigVWHeTzLol8Z1SpPSp2mqI_TqcDDogSn3K-MpaMLcn6-szB86fORzdKTXXHj8_wkGoVEg-MnTGx8qiy5Eq5Gy\
        F5WNuQX4sst6jV0k-YA9fQtmxAvSBICeMV35ud6Dp9L_RiUeT2XFU09yuzxSmQyBobpPg
        """
    private static let otherDigestInfo = """
        eyJhbGciOiAiUlMyNTYifQ.e30.U2wmfA7zUa40djLXrEt82lF6n-3465sUIeKdT3v25XXRQoNx6zrhCa6J7xebLeUg2_9ZNuYOF\
        A-bZF9rboxOiwyZdu4he0cbDpqp9gT6TCFyyfzj2LaPceQCsFBe4gsVFfxu-h-3QoeFApRFUuM30WlDgV0hiyOZiHmmbnChUncFb\
        Ed4pQ6TElkF5EX3Kn8XjPVybnHxl7XFNUeyUV60L4xIcCAXyxf4a3q6Mq_-LHf5QH5Zn4f8zXhPkZYUhnV8MWdN5PAzbG7Qe5YcD\
        XlY2wD0yU3ZbCYs4epMvCKgZNdg2HH6nAJQSzWlE36ASI6zuqmMCjKAVRT-az_UxG3WWQ
        """
    private static let rightCube = """
        eyJhbGciOiAiUlMyNTYifQ.e30.ak8Kr48kVs_oO5_flBtC2PnSQTTo7ddN539xn1DiIjeMi7ZEMkDQJDpqZLE-hTuWZHYO1rXO1\
        KPUPY3YDMX7MuQTQs_l0IOjJMHhML9ecMLF89gMf1VruSnxMdJRBp_z7hqOkduNmGDrTt-pZxYdp9FXLCOmEceaQ8fhZ1GGDVL3e\
        TvkdnACVWtbaGRX5eZb-ZyimAwnQ1DNJMtp9ftCZWJn3wmd3RwxCTQjkFuEP4IcM1tHEHwMOQVoXrSrCD4QH1TtCO9kf71y6LYNL\
        QTmWlTWEs5rpXh7yH38iwLJL7wXv90zeHjdcSlQ_23TY5NFamMpYBWqq76yy8hgfCPxJw
        """
    private static let forgedCube = """
        eyJhbGciOiJSUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMsv9SnrceQVYPXZ1IPUWQHWRdtN4JvLvY649x61kLbSRT7N\
        Z1_fKqBh1D15yjLUZ6IVV0GlGRpAjO_lCmPmlpV2fPCiFlgD1fWsFMc4asXQgyfTBFQ
        """
}
