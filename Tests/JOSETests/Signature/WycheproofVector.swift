import Fixtures
import JOSE
import Testing

/// A signature of Project Wycheproof's with its key, and whether it is right.
///
/// From testvectors_v1/ecdsa_secp256r1_sha256_p1363_test.json of github.com/C2SP/wycheproof at commit
/// dac1dd4729fd1f8dd9e1e9f3dce51d783da6c166 (Apache License 2.0): those of 64 bytes that are wrong, but for those with special
/// values, which a test goes through by itself; and some of those that are right.
struct WycheproofVector: Sendable, CustomTestStringConvertible {
    /// `tcId` and `comment`.
    let testDescription: String
    let isRight: Bool
    let point: [UInt8]
    let message: [UInt8]
    let signature: [UInt8]

    static let all: [WycheproofVector] = {
        var vectors: [WycheproofVector] = []
        var (title, parts): (Substring, [Character: [UInt8]]) = ("", [:])
        for line in text.split(separator: "\n") {
            guard let kind = line.first, kind.isLetter else {
                title = line
                continue
            }
            parts[kind] = bytes(ofHex: line.dropFirst(2))
            guard kind == "s" else { continue }
            vectors.append(
                WycheproofVector(
                    testDescription: String(title), isRight: title.split(separator: " ")[1] == "valid",
                    point: [4] + (parts["x"] ?? []) + (parts["y"] ?? []), message: parts["m"] ?? [],
                    signature: (parts["r"] ?? []) + (parts["s"] ?? [])))
        }
        return vectors
    }()

    static func bytes(ofHex text: Substring) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    // A line with the number, the result and the comment; then x and y of the key where it is another one than before, the
    // message, and r and s.
    private static let text = """
        1 valid signature malleability
        x 2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838
        y c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e
        m 313233343030
        r 2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18
        s 4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76
        4 invalid replaced r by n - r
        m 313233343030
        r d45c5740946b2a147f59262ee6f5bc90bd01ed280528b62b3aed5fc93f06f739
        s b329f479a2bbd0a5c384ee1493b1f5186a87139cac5df4087c134b49156847db
        60 valid Edge case for Shamir multiplication
        m 3639383139
        r 64a1aab5000d0e804f3e2fc02bdee9be8ff312334e2ba16d11547c97711c898e
        s 6af015971cc30be6d1a206d4e013e0997772a2f91d73286ffd683b9bb2cf4f1b
        61 valid special case hash
        m 343236343739373234
        r 16aea964a2f6506d6f78c81c91fc7e8bded7d397738448de1e19a0ec580bf266
        s 252cd762130c6667cfe8b7bc47d27d78391e8e80c578d1cd38c3ff033be928e9
        74 valid special case hash
        m 33343633303036383738
        r 38686ff0fda2cef6bc43b58cfe6647b9e2e8176d168dec3c68ff262113760f52
        s 067ec3b651f422669601662167fa8717e976e2db5e6a4cf7c2ddabb3fde9d67d
        115 valid k*G has a large x-coordinate
        x 0ad99500288d466940031d72a9f5445a4d43784640855bf0a69874d2de5fe103
        y c5011e6ef2c42dcd50d5d3d29f99ae6eba2c80c9244f4c5422f0979ff0c3ba5e
        m 313233343030
        r 000000000000000000000000000000004319055358e8617b0c46353d039cdaab
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        116 invalid r too large
        m 313233343030
        r ffffffff00000001000000000000000000000000fffffffffffffffffffffffc
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        120 valid small r and s
        x a71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac957
        y 5d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000005
        s 0000000000000000000000000000000000000000000000000000000000000001
        122 valid small r and s
        x 6627cec4f0731ea23fc2931f90ebe5b7572f597d20df08fc2b31ee8ef16b1572
        y 6170ed77d8d0a14fc5c9c3c4c9be7f0d3ee18f709bb275eaf2073e258fe694a5
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000005
        s 0000000000000000000000000000000000000000000000000000000000000003
        124 valid small r and s
        x 5a7c8825e85691cce1f5e7544c54e73f14afc010cb731343262ca7ec5a77f5bf
        y ef6edf62a4497c1bd7b147fb6c3d22af3c39bfce95f30e13a16d3d7b2812f813
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000005
        s 0000000000000000000000000000000000000000000000000000000000000005
        126 valid small r and s
        x cbe0c29132cd738364fedd603152990c048e5e2fff996d883fa6caca7978c737
        y 70af6a8ce44cb41224b2603606f4c04d188e80bff7cc31ad5189d4ab0d70e8c1
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000005
        s 0000000000000000000000000000000000000000000000000000000000000006
        128 valid small r and s
        x 2ef747671c97d9c7f9cb2f6a30d678c3d84757ba241ef7183d51a29f52d87c2e
        y a8fb2ea635b761baefc1c4ded2099281b844e13e044c328553bbbafa337d8a76
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000006
        s 0000000000000000000000000000000000000000000000000000000000000001
        130 valid small r and s
        x 931cc49cda4d87d25b1601c56c3b83b4f45e44971998f2d3e7d3c55152214edf
        y 058dc140abbba42fc1ddbf30dab8eb9b46ee7338b3f7ee96242bf45e1df5e995
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000006
        s 0000000000000000000000000000000000000000000000000000000000000003
        132 valid small r and s
        x 899a4af61867e3f3c190dbb48f8bc9fc74b70a467a4a1f06477b3af2f39ab8ed
        y 47ac000f9ea8a3034939bf48ad5d061a69fc8495ae4df2dbec7effa03a0062b3
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000006
        s 0000000000000000000000000000000000000000000000000000000000000006
        134 valid small r and s
        x d03eb09913cc20c6a8d0070f0d8d2a7f63527fafa44117fce6bd1ef2aa4ae3c4
        y 6d5df3f45ac58fa334c6d102381b3120b7a2455600dcaff3d1a845514f12bf46
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000006
        s 0000000000000000000000000000000000000000000000000000000000000007
        136 invalid r is larger than n
        m 313233343030
        r ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632557
        s 0000000000000000000000000000000000000000000000000000000000000007
        137 invalid s is larger than n
        x 3a72476291571193b4d109b2c37b59f2807e8fe9cffd804eacded903e77ca0da
        y 592dbc74fee0ca7508cc7bc282b0c51a143286ff53c60131668e7a0929e4ed04
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000006
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc75fbd8
        140 valid 100-bit r and small s^-1
        x 7393983ca30a520bbc4783dc9960746aab444ef520c0a8e771119aa4e74b0f64
        y e9d7be1ab01a0bf626e709863e6a486dbaf32793afccf774e2c6cd27b1857526
        m 313233343030
        r 000000000000000000000000000000000000001033e67e37b32b445580bf4eff
        s 8b748b74000000008b748b748b748b7466e769ad4a16d3dcd87129b8e91d1b4d
        148 valid r and s are 128-bit integer
        x b98740e69e61a325d5f772e3b5c4f67fb7150b16a9afeca9ddc4afcbb6fa0549
        y c446e814138e4ebc82dbf86a390056d4595dcf45e381fef217a4597d7bd51498
        m 313233343030
        r 000000000000000000000000000000008a598e563a89f526c32ebec8de26367c
        s 0000000000000000000000000000000084f633e2042630e99dd0f1e16f7a04bf
        153 invalid s == 0
        x 8aeb368a7027a4d64abdea37390c0c1d6a26f399e2d9734de1eb3d0e19373874
        y 05bd13834715e1dbae9b875cf07bd55e1b6691c7f7536aef3b19bf7a4adf576d
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 0000000000000000000000000000000000000000000000000000000000000000
        154 valid edge case modular inverse
        x 61722eaba731c697c7a9ba4d0afdbb5713d8aa12b0eab601bb33dbaf792c5adc
        y 272cd993b2b663aba5b3a26c101182ff178684945e83879e71598b95fe647dfc
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 02f676969f451a8ccafa4c4f09791810e6d632dbd60b1d5540f3284fbe1889b0
        157 valid edge case modular inverse
        x 91e305822e5e44f3fdb616e2ef42cd98f241b86e9f68815bc4dba6a945e4eefb
        y 3c5937e2ac1d9466f6d65e49b35fc8d75ffc22e1fe2f32af42f5fa3c26f9b4b0
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 3e0292a67e181c6c0105ee35e956e78e9bdd033c6e71ae57884039a245e4175f
        160 valid edge case modular inverse
        x 8200f148e7eab1581bcd1e23946f8a9b8191d9641f9560341721f9d3fec3d63e
        y ce795669e0481e035de8623d716a6984d0a4809d6c65519443ee55260f7f3dcb
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 37d765be3c9c78189ad30edb5097a4db670de11686d01420e37039d4677f4809
        163 valid edge case modular inverse
        x 077091d99004a99ee08224e59a46a70495e6fba4eff681c3ce42127e588681ef
        y 4f1c16c77dfa440dde18245c9de76243d8f2fd9dea3f2782d6c04974d02f25dc
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 538c7b3798e84d0ce90340165806348971ed44db8f0c674f5f215968390f92ee
        166 valid edge case modular inverse
        x 662f43ae614bd9c90ff3fcded25cf0ef186b6967a47aa6aa7ae7f396594df931
        y f5f94a525edd50d3738f7a28d03d7a2a70095c8f89de9bb2c645fea8d8bac9e0
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 21323755b103d2f9da6ab83eccab9ad8598bcf625652f10e7a3eeee3c3945fb3
        169 invalid point at infinity during verify
        x b533d4695dd5b8c5e07757e55e6e516f7e2c88fa0239e23f60e8ec07dd70f287
        y 1b134ee58cc583278456863f33c3a85d881f7d4a39850143e29d4eaf009afe47
        m 313233343030
        r 7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8
        s 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        173 valid u1 == n - 1
        x d8adc00023a8edc02576e2b63e3e30621a471e2b2320620187bf067a1ac1ff32
        y 33e2b50ec09807accb36131fff95ed12a09a86b4ea9690aa32861576ba2362e1
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 44a5ad0ad0636d9f12bc9e0a6bdd5e1cbcb012ea7bf091fcec15b0c43202d52e
        179 valid edge case for u1
        x a0a44ca947d66a2acb736008b9c08d1ab2ad03776e02640f78495d458dd51c32
        y 6337fe5cf8c4604b1f1c409dc2d872d4294a4762420df43a30a2392e40426add
        m 313233343030
        r 7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd
        s 4dfbc401f971cd304b33dfdb17d0fed0fe4c1a88ae648e0d2847f74977534989
        185 valid edge case for u1
        x 9cb8e51e27a5ae3b624a60d6dc32734e4989db20e9bca3ede1edf7b086911114
        y b4c104ab3c677e4b36d6556e8ad5f523410a19f2e277aa895fc57322b4427544
        m 313233343030
        r 7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd
        s 29798c5c0ee287d4a5e8e6b799fd86b8df5225298e6ffc807cd2f2bc27a0a6d8
        191 valid edge case for u2
        x 2eb6412505aec05c6545f029932087e490d05511e8ec1f599617bb367f9ecaaf
        y 805f51efcc4803403f9b1ae0124890f06a43fedcddb31830f6669af292895cb0
        m 313233343030
        r 7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd
        s b62f26b5f2a2b26f6de86d42ad8a13da3ab3cccd0459b201de009e526adf21f2
        197 valid edge case for u2
        x d0fb17ccd8fafe827e0c1afc5d8d80366e2b20e7f14a563a2ba50469d84375e8
        y 68612569d39e2bb9f554355564646de99ac602cc6349cf8c1e236a7de7637d93
        m 313233343030
        r 7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd
        s bfffffff3ea3677e082b9310572620ae19933a9e65b285598711c77298815ad3
        203 valid edge case for u2
        x 0ae580bae933b4ef2997cbdbb0922328ca9a410f627a0f7dff24cb4d920e1542
        y 8911e7f8cc365a8a88eb81421a361ccc2b99e309d8dcd9a98ba83c3949d893e3
        m 313233343030
        r 7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd
        s 5d8ecd64a4eeba466815ddf3a4de9a8e6abd9c5db0a01eb80343553da648428f
        204 valid point duplication during verification
        x 5b812fd521aafa69835a849cce6fbdeb6983b442d2444fe70e134c027fc46963
        y 838a40f2a36092e9004e92d8d940cf5638550ce672ce8b8d4e15eba5499249e9
        m 313233343030
        r 6f2347cab7dd76858fe0555ac3bc99048c4aacafdfb6bcbe05ea6c42c4934569
        s bb726660235793aa9957a61e76e00c2c435109cf9a15dd624d53f4301047856b
        205 invalid duplication bug
        x 5b812fd521aafa69835a849cce6fbdeb6983b442d2444fe70e134c027fc46963
        y 7c75bf0c5c9f6d17ffb16d2726bf30a9c7aaf31a8d317472b1ea145ab66db616
        m 313233343030
        r 6f2347cab7dd76858fe0555ac3bc99048c4aacafdfb6bcbe05ea6c42c4934569
        s bb726660235793aa9957a61e76e00c2c435109cf9a15dd624d53f4301047856b
        206 invalid point with x-coordinate 0
        x 6adda82b90261b0f319faa0d878665a6b6da497f09c903176222c34acfef72a6
        y 47e6f50dcc40ad5d9b59f7602bb222fad71a41bf5e1f9df4959a364c62e488d9
        m 313233343030
        r 0000000000000000000000000000000000000000000000000000000000000001
        s 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        208 invalid comparison with point at infinity 
        x dd86d3b5f4a13e8511083b78002081c53ff467f11ebd98a51a633db76665d250
        y 45d5c8200c89f2fa10d849349226d21d8dfaed6ff8d5cb3e1b7e17474ebc18f7
        m 313233343030
        r 555555550000000055555555555555553ef7a8e48d07df81a693439654210c70
        s 3333333300000000333333333333333325c7cbbc549e52e763f1f55a327a3aa9
        221 invalid public key shares x-coordinate with generator
        x 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296
        y 4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5
        m 313233343030
        r bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023
        s 249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2
        222 invalid public key shares x-coordinate with generator
        m 313233343030
        r 44a5ad0ad0636d9f12bc9e0a6bdd5e1cbcb012ea7bf091fcec15b0c43202d52e
        s 249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2
        223 invalid public key shares x-coordinate with generator
        x 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296
        y b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a
        m 313233343030
        r bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023
        s 249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2
        224 invalid public key shares x-coordinate with generator
        m 313233343030
        r 44a5ad0ad0636d9f12bc9e0a6bdd5e1cbcb012ea7bf091fcec15b0c43202d52e
        s 249249246db6db6ddb6db6db6db6db6dad4591868595a8ee6bf5f864ff7be0c2
        226 valid pseudorandom signature
        x 04aaec73635726f213fb8a9e64da3b8632e41495a944d0045b522eba7240fad5
        y 87d9315798aaa3a5ba01775787ced05eaaf7b4e09fc81d6d1aa546e8365d525d
        m 4d7367
        r 530bd6b0c9af2d69ba897f6b5fb59695cfbf33afe66dbadcf5b8d2a2a6538e23
        s d85e489cb7a161fd55ededcedbf4cc0c0987e3e3f0f242cae934c72caa3f43e9
        228 valid pseudorandom signature
        m 0000000000000000000000000000000000000000
        r 986e65933ef2ed4ee5aada139f52b70539aaf63f00a91f29c69178490d57fb71
        s 3dafedfb8da6189d372308cbf1489bbbdabf0c0217d1c0ff0f701aaa7a694b9c
        229 valid x-coordinate of the public key has many trailing 0's
        x 4f337ccfd67726a805e4f1600ae2849df3807eca117380239fbd816900000000
        y ed9dea124cc8c396416411e988c30f427eb504af43a3146cd5df7ea60666d685
        m 4d657373616765
        r d434e262a49eab7781e353a3565e482550dd0fd5defa013c7f29745eff3569f1
        s 9b0c0a93f267fb6052fd8077be769c2b98953195d7bc10de844218305c6ba17a
        232 valid y-coordinate of the public key has many trailing 0's
        x 3cf03d614d8939cfd499a07873fac281618f06b8ff87e8015c3f497265004935
        y 84fa174d791c72bf2ce3880a8960dd2a7c7a1338a82f85a9e59cdbde80000000
        m 4d657373616765
        r 664eb7ee6db84a34df3c86ea31389a5405badd5ca99231ff556d3e75a233e73a
        s 59f3c752e52eca46137642490a51560ce0badc678754b8f72e51a2901426a1bd
        235 valid y-coordinate of the public key has many trailing 1's
        x 3cf03d614d8939cfd499a07873fac281618f06b8ff87e8015c3f497265004935
        y 7b05e8b186e38d41d31c77f5769f22d58385ecc857d07a561a6324217fffffff
        m 4d657373616765
        r 1158a08d291500b4cabed3346d891eee57c176356a2624fb011f8fbbf3466830
        s 228a8c486a736006e082325b85290c5bc91f378b75d487dda46798c18f285519
        238 valid x-coordinate of the public key has many trailing 1's
        x 2829c31faa2e400e344ed94bca3fcd0545956ebcfe8ad0f6dfa5ff8effffffff
        y a01aafaf000e52585855afa7676ade284113099052df57e7eb3bd37ebeb9222e
        m 4d657373616765
        r d82a7c2717261187c8e00d8df963ff35d796edad36bc6e6bd1c91c670d9105b4
        s 3dcabddaf8fcaa61f4603e7cbac0f3c0351ecd5988efb23f680d07debd139929
        241 valid x-coordinate of the public key is large
        x fffffff948081e6a0458dd8f9e738f2665ff9059ad6aac0708318c4ca9a7a4f5
        y 5a8abcba2dda8474311ee54149b973cae0c0fb89557ad0bf78e6529a1663bd73
        m 4d657373616765
        r 766456dce1857c906f9996af729339464d27e9d98edc2d0e3b760297067421f6
        s 402385ecadae0d8081dccaf5d19037ec4e55376eced699e93646bfbbf19d0b41
        244 valid x-coordinate of the public key is small
        x 00000003fa15f963949d5f03a6f5c7f86f9e0015eeb23aebbff1173937ba748e
        y 1099872070e8e87c555fa13659cca5d7fadcfcb0023ea889548ca48af2ba7e71
        m 4d657373616765
        r b7c81457d4aeb6aa65957098569f0479710ad7f6595d5874c35a93d12a5dd4c7
        s b7961a0b652878c2d568069a432ca18a1a9199f2ca574dad4b9e3a05c0a1cdb3
        247 valid y-coordinate of the public key is small
        x bcbb2914c79f045eaa6ecbbc612816b3be5d2d6796707d8125e9f851c18af015
        y 000000001352bb4a0fa2ea4cceb9ab63dd684ade5a1127bcf300a698a7193bc2
        m 4d657373616765
        r 31230428405560dcb88fb5a646836aea9b23a23dd973dcbe8014c87b8b20eb07
        s 0f9344d6e812ce166646747694a41b0aaf97374e19f3c5fb8bd7ae3d9bd0beff
        250 valid y-coordinate of the public key is large
        x bcbb2914c79f045eaa6ecbbc612816b3be5d2d6796707d8125e9f851c18af015
        y fffffffeecad44b6f05d15b33146549c2297b522a5eed8430cff596758e6c43d
        m 4d657373616765
        r d7d70c581ae9e3f66dc6a480bf037ae23f8a1e4a2136fe4b03aa69f0ca25b356
        s 89c460f8a5a5c2bbba962c8a3ee833a413e85658e62a59e2af41d9127cc47224
        254 invalid r = 6, x = 5 is invalid
        x add76677e54a92e79bbee36a70e1754838273ec4b39295e4018a587290a7fc73
        y f240d625642c943e610d80d953c5c6b8a12760a624ba3b90a0b7902755e1ae79
        m 68656c6c6f2c20776f726c64
        r 0000000000000000000000000000000000000000000000000000000000000006
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        255 invalid r = 5 + n, x = 5 is invalid; r was not reduced mod n
        x 264d796a0dab9b376d34eea6fe297dde1c7b73e53944bc96c8f1e8a6850bb6c9
        y cf5308020eed460c649ddae61d4ef8bb79958113f106befaf4f18876d12a5e64
        m 68656c6c6f2c20776f726c64
        r ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        256 invalid r = n - 3, x = n - 2 is invalid
        x e7e49dd82812432744fefe723f7f69663214ad1b85c02b2650b4ca0354743a32
        y 5223c51c415f457aec69cb019bbe3d27585b38f8b79c39dfea6c27c2f0d8146a
        m 68656c6c6f2c20776f726c64
        r ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        257 valid r = 3, x = n + 3 is the smallest possible x with a reduction
        x ce24c99032d52ac6ead23c0ae3ec68ef41e51a281fd457808c83136d7dcce90e
        y 8f7a154b551e9f39c59279357aa491b2a62bdebc2bb78613883fc72936c057e0
        m 68656c6c6f2c20776f726c64
        r 0000000000000000000000000000000000000000000000000000000000000003
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        258 invalid r = 4, x = n + 3 is invalid
        x c981c75ddfd3910387eb147098fe5658c43aaaa34c681cd6d514b6ad5b6baa6d
        y 14fbddb53a6e6db18e90602bc60f2e736d625765f7f2cca4be76f4eeccf12c18
        m 68656c6c6f2c20776f726c64
        r 0000000000000000000000000000000000000000000000000000000000000004
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        259 invalid r = p - n + 5, x = 5 is invalid; r is too large to compare r + n with x
        x 0ec505bc19b14a43e05678cccf07a443d3e871a2e19b68a4da91859a0650f324
        y 77300e4f64e9982d94dff5d294428bb37cc9be66117cae9c389d2d495f68b987
        m 68656c6c6f2c20776f726c64
        r 000000000000000000000000000000004319055358e8617b0c46353d039cdab3
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        260 invalid r = 2^256 - n + 5, x = 5 is invalid; r + n is too large to compare r + n with x, and overflows 2^256 bits
        x d42ce21e730f3d2a84e949828574b4dceeb77d4f89556735f34fba03028ee3ed
        y 32daf8bfd3f0a7a0821170840f4e032056722386b35d9bdd4f4f450696f4fb52
        m 68656c6c6f2c20776f726c64
        r 00000000ffffffff00000000000000004319055258e8617b0c46353d039cdab4
        s ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e
        262 valid s = n - 2^128
        x 6955a72c0dad4ed60356f7692649b951fa8ea474bf1cc9549b96c68de4782dfa
        y e012ffc24e92c72be71ff2622ee7e549dcb59e7b708f6921c4d4ea29512e2aba
        m 68656c6c6f2c20776f726c64
        r 5f6d3aa0d327c13702513d4299f297ab182fcf670f96291fab19572e7a6e01c4
        s ffffffff00000000fffffffffffffffebce6faada7179e84f3b9cac2fc632551
        """
}
