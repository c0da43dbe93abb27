import Bytes
import Fixtures
import JOSE
import Testing

/// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2), where it is ours.
@Suite struct PKCS1FrameTests {
    private func keys(_ modulus: String) throws -> KeySet {
        try KeySet(#"{"keys":[{"kty":"RSA","n":"\#(modulus)","e":"AQAB"}]}"#)
    }

    private func verify(_ forgery: PKCS1Forgery) throws {
        let token = PKCS1Forgery.input + "." + forgery.signature
        try TokenVerifier.verifySignature(of: Array(token.utf8), with: keys(PKCS1Forgery.modulus))
    }

    @Test func `an encoded message as it should be is right`() throws {
        try verify(.right)
    }

    @Test(arguments: PKCS1Forgery.all)
    func `an encoded message with any fault is wrong`(_ forgery: PKCS1Forgery) {
        let refusal = #expect(throws: TokenRefusal.self) { try verify(forgery) }
        #expect(refusal == .signatureWrong)
    }

    /// The sizes of moduli that fill their bytes and words, or don't.
    @Test(arguments: [2048, 2049, 2055, 2056, 2112, 3072, 4096])
    func `what a key of any size signs is right, and nothing else`(_ bits: Int) throws {
        let pair = try SigningKey(generating: .rs256, kid: nil, rsaBits: bits)
        let message = Array("a message".utf8)
        for algorithm in [Algorithm.rs256, .rs384, .rs512] {
            let key = try pair.using(algorithm, kid: nil)
            let published = try KeySet([key]).keys[0]
            let signature = try key.signature(of: message)
            #expect(published.verifies(signature, of: message, by: algorithm))
            #expect(!published.verifies(signature, of: Array("another message".utf8), by: algorithm))
            for index in stride(from: 0, to: signature.count, by: 7) {
                var damaged = signature
                damaged[index] ^= 1 << UInt8(index % 8)
                #expect(!published.verifies(damaged, of: message, by: algorithm))
            }
        }
    }

    @Test func `the largest modulus is as good as others`() throws {
        try TokenVerifier.verifySignature(of: Array(Self.largestToken.utf8), with: keys(Self.largestModulus))
    }

    @Test func `a signature made for one hash is wrong for the others`() throws {
        let algorithms = [Algorithm.rs256, .rs384, .rs512]
        let message = Array("a message".utf8)
        let published = try VerificationKey(TestKeys.key(.rs256).material, kid: nil, algorithm: nil)
        for signing in algorithms {
            let signature = try TestKeys.key(signing).signature(of: message)
            for verifying in algorithms {
                #expect(published.verifies(signature, of: message, by: verifying) == (signing == verifying))
            }
        }
    }

    /// RFC 8017 section 5.2.2, step 1. With a modulus of 2055 bits the sum has as many bytes as the signature.
    @Test func `a signature and the modulus together are wrong, although they leave the right rest`() throws {
        let pair = try SigningKey(generating: .rs256, kid: nil, rsaBits: 2055)
        let published = try KeySet([pair]).keys[0]
        guard case .rsa(let modulus, _) = pair.material else { return }
        let message = Array("a message".utf8)
        let signature = try pair.signature(of: message)
        let sum = Self.sum(signature, modulus)
        #expect(sum.count == signature.count && sum != signature)
        #expect(published.verifies(signature, of: message, by: .rs256))
        #expect(!published.verifies(sum, of: message, by: .rs256))
    }

    /// Their powers are 0, 0, 1 and n - 1, whatever the key is.
    @Test(arguments: [Algorithm.rs256, .rs384, .rs512])
    func `zero, the modulus and their neighbours are wrong`(_ algorithm: Algorithm) throws {
        let key = TestKeys.key(algorithm)
        let published = try KeySet([key]).keys[0]
        guard case .rsa(let modulus, _) = key.material else { return }
        let zero = [UInt8](repeating: 0, count: modulus.count)
        let one = zero.dropLast() + [1]
        let below = modulus.dropLast() + [modulus[modulus.count - 1] - 1]
        let above = modulus.dropLast() + [modulus[modulus.count - 1] | 2]
        let most = [UInt8](repeating: 0xFF, count: modulus.count)
        for wrong in [zero, Array(one), modulus, Array(below), Array(above), most] {
            #expect(!published.verifies(wrong, of: Array("a message".utf8), by: algorithm))
        }
    }

    /// The sum of two numbers of equal length, most significant byte first.
    private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var sum = left
        var carry = 0
        for index in left.indices.reversed() {
            carry += Int(left[index]) + Int(right[index])
            sum[index] = UInt8(carry & 0xFF)
            carry >>= 8
        }
        return sum
    }

    private static let largestModulus = """
        r-vYmWaOr0JeMx3EGyxxZONn-Y3VcdvrsOHFz5MvDT5--FT72CAN7bTy5q0WhaP6rOtRnbjDXYKtQ0V9D92rkKq7JxbEmMD8qvVfIl3oBjm-\
        k9JDV3OxbHbA9hHDzvgWbPHNj3Yo3ijyPFRSzy9Lq8Df75PYgwhtpYMFya79zK0AiUhYh4ZP9I4PBbNeHjiyC_6C5F4SE1sm3PDovl3OcH3k\
        RBrw7ubVbMLJo8dq_bZP6wbXPvNtOv-qKHnll7T-ULZXR56BEjcvNjtYxshFsh7sbd4g-jE8UwtOshZhhCTr6Fu4YLPoJJtgly-1cgntWbPp\
        ScuCs-YPlyRapOdUhkkieKgaAUtTgwmedmrWGSWiUDhdBHSY2kpJu6SM86MUnpV6cf66t9SJ8jmC2V417bmtqpqWe38pLCein8rqprJL9Ykm\
        E9-ZFYydwd8ZVKqRi6g21NvvdtimPrzohoz309rEpVInsNOlYhfZqcL_VNL3vl3Z3oVABnzwssz2x0RBH2bWIYmYhA6i2PwTIh6CBArsavP_\
        53SFXtLsNXsnI_6tjCO9yNkTnGgEq81pCAd4PkZsqSB1cj_hrO7ea-XUCTVyagw1v9XPRQnGi9CMxhZlNtdO_pINyuKtRyYCTAne_HBV_oh1\
        AnnDSa-pNOlZI7N8L_3IcYBbjHew3VtNpFiNaRFlKh6S9BW_YgtPYhIKnTPy9rZ9IhetUjVNT4K3H1Cl0qmq9G618uR2-rBaTMJFY6bVHboO\
        GFBjkmci-U2hYeeLdlFoKZ41pEs_kIPAMX7XjKiP4RnDFU_Lhw8vNK5FwAYNcaru8EIzPqP6tvNPUj_UZ35PD3h9Nc9bhO5balUKmUs3hZdq\
        F5HvsWHaKXOyPC9d12OIgcn4mGDrQAknWtry-HoZlySEYI2WkQrsaBUorf6eBwq6QGPmJrTmVNFmRsJzm1MwfB4yey7MpIAT0BiaHDAb4jsw\
        -X57UmjpkhgL73i60U_-13MdC6lbPq2Eis0NwYdQx9qhVSzFVj_HttGRwMyw7mPNvOI4t34cWA5sSvb9Lct5tg85PdLUPXqqBwBBDpu4g2O7\
        7pCf80pph5uBbdPVbOaJ37ESknh_RSuc-COTMAQOyt6ykDz3jXpDG8aRfSMA5kJ1ITz1F3lGLR4NB1atPGYWRI2XsZWXy6LvI3HSkVE6INI0\
        N8IIGjEm2VIqPCEakfRPUa2VR30AngmDtPl_PDz5noQPa-WjBD1nSdW7Tg_j7ytX0719sO98zYwP8BYwS8a-T36P_XSQbOl_HmDEYE08qcRK\
        HzmogC_jlFlGLR5x4eKHVw3P4A71AblY6s-0UKJMInpsk2C9UN7SKfs0aymejyInvipnpw
        """
    private static let largestToken = """
        eyJhbGciOiJSUzI1NiJ9.e30.koEFafAWi4Qu2U_69UKNFSnjG4gAO3KClUcgTRpHo6FkU-aK9muSc8XMFnaGuISKmaVoAty20Se39I0USYm\
        y08Mxqx-G7kUdFlyQ4lqBglNSD7RBeAQ8iq7_8qRsXZe434-o_em15iSjb4ezGXAilUrhrt95X4Hh26BzUACHowdbqEbxFTi36WY-deXv3Vu\
        w0BbDvyzKSjPkZ3mH02Ff3j3h40DSev74nFBYRqKmOS2b_kxL4JXC_WrWXme6DfSnQVKfsALj-RzuDbbf3R4FDqrwh6spNteHOxqy5s_gCaN\
        pLQKPsHA3IXrEOIHOCqFAzUJfc16Z34-V-Q-tUAgybSWvEcyGlQeAHm59fmrZCNcl-3b2NNY1zdPHbqQLtjgBYofXSLCa2RW8OnkTCi6OwlF\
        -neFEdoUSti1D_Ekj3STxlx1FyB8TZAIbglKXMmVUUeZiGEuAhEVld6eya3mCpDp9Gf7eYvTkNBvRTswhwv4SwpCJoRDpl8uOlhCGixCojev\
        g-DR1nYFLdW7IIT7m0BxKMVh2fwheIvS3sQxkRMz8GWEWQ--cbAGmtCFTIUyaPzZMU0RfFGAhThXeDX3mrsrKQbaM3WdDKOqdvIKMg-aLRpv\
        Lkviz1kw1hModsqrJAD2WEOO4WCCmzfqrcaXqh3tOE0uW03SzoEXGmJcXIiAX9pOvocjDj7oaD3St-pZUIS_bdNUxaB7ecMi-5fS8omkRcI5\
        PDbBXwvMwYZbW8VlPINtj4XpqG0XGzrMnPfBPGSXAN2fg8deBw4sibbFdO3XiJ1NVtTfR8n-hGwvCIaPOHxj8cMw3axrBjSjWU8TWzfbc8BU\
        CFyC3--Kf7YTN6S4SxmQzzxfz9jdcTG5IZdFAmydXdg36yUgHo9PlPprhNLck9TVEABekKUUf5waGi2RCjxFx5EE0qMMCIXui6hoLNl3wFbm\
        4d2EW3xP-zkEOtzXvIyRqbOEEo77tMhURS4EgcTwgKDl4hpDrM0bJHBh0RLCgrLXAjF8PnImqBpHb1I3hZTE1yJg4kywcNEr75aKcW6P-lqv\
        PxqanseMuubVUa9UsFMUTJKhqontuJUVTvpJGcK9O3EgHOZDg87sm54uAZBBz5-sARAZbtpX64_gCvGKA69neGOjugrCiI8F4Wa4e63ZNiTj\
        o7XF_DzbemNWGsgeBzSxVMvlLhmYeWZCk2Mw8zpMSbtTTdjoSFP-ZqxVlRli8Aa80Yem55uBoio-zefTph98ocAEBEpxGGLHyC5eRl9efH2_\
        HQQJvpU2lg84uGgxmyZrKZ9xdDp-VbO0jBVbRDarADHSNEqeKUBGfmIffDeRPnS1Xo9ygctiK_v80UZSBmM3RCJLy9lc3Ow
        """
}
