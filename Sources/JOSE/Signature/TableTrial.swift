import Bytes

/// A known signature, verified with and without a table: whoever has a clock finds out whether tables are worth having here.
///
/// They are where libcrypto has assembly for P-256, as Debian's has on x86-64 and ARM. Other builds may make tables that shorten
/// nothing, or none.
package struct TableTrial: Sendable {
    private let plain: VerificationKey
    private let tabled: VerificationKey

    /// Makes a table. Nil when libcrypto makes none, or verdicts by it are not those that they have to be.
    package init?() {
        let material = PublicKeyMaterial.ec(.p256, x: Self.x, y: Self.y)
        guard let plain = try? VerificationKey(material, kid: nil, algorithm: .es256), let tabled = plain.withTable()
        else { return nil }
        (self.plain, self.tabled) = (plain, tabled)
        var (wrong, other) = (Self.signature, Self.message)
        wrong[63] ^= 1
        other[0] ^= 1
        guard [plain, tabled].allSatisfy({ Self.isRight(Self.signature, of: Self.message, $0) }),
            ![plain, tabled].contains(where: { Self.isRight(wrong, of: Self.message, $0) }),
            ![plain, tabled].contains(where: { Self.isRight(Self.signature, of: other, $0) })
        else { return nil }
    }

    /// Verifies the signature once.
    package func run(byTable: Bool) -> Bool {
        Self.isRight(Self.signature, of: Self.message, byTable ? tabled : plain)
    }

    private static func isRight(_ signature: [UInt8], of message: [UInt8], _ key: VerificationKey) -> Bool {
        key.verifies(signature.span.bytes, of: message.span.bytes, by: .es256)
    }

    // RFC 6979 section A.2.5, with SHA-256.
    private static let message = Array("sample".utf8)
    private static let x = bytes(
        0x60FE_D4BA_255A_9D31, 0xC961_EB74_C635_6D68, 0xC049_B892_3B61_FA6C, 0xE669_622E_60F2_9FB6)
    private static let y = bytes(
        0x7903_FE10_08B8_BC99, 0xA41A_E9E9_5628_BC64, 0xF2F1_B20C_2D7E_9F51, 0x77A3_C294_D446_2299)
    private static let signature =
        bytes(0xEFD4_8B2A_ACB6_A8FD, 0x1140_DD9C_D45E_81D6, 0x9D2C_877B_56AA_F991, 0xC34D_0EA8_4EAF_3716)
        + bytes(0xF7CB_1C94_2D65_7C41, 0xD436_C7A1_B6E2_9F65, 0xF3E9_00DB_B9AF_F406, 0x4DC4_AB2F_843A_CDA8)

    /// The bytes of some words, the most significant first.
    private static func bytes(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }
}
