import Bytes
import Testing

/// Each class over all 256 bytes, against its grammar written out.
@Suite struct ASCIITests {
    private static let digits = "0123456789"
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    @Test func `digits are what they are in ASCII`() {
        #expect(members { $0.isDigit } == Set(Self.digits.utf8))
    }

    @Test func `hexadecimal digits have their value, and nothing else has one`() {
        #expect(members { $0.hexDigitValue != nil } == Set("0123456789ABCDEFabcdef".utf8))
        for value: UInt8 in 0..<16 {
            let digit = String(value, radix: 16)
            #expect(Array(digit.utf8)[0].hexDigitValue == value)
            #expect(Array(digit.uppercased().utf8)[0].hexDigitValue == value)
        }
    }

    @Test func `visible bytes are those that print and are no space`() {
        #expect(members { $0.isVisible } == Set(0x21...0x7E))
        #expect(members { $0.isPrintable } == Set(0x20...0x7E))
    }

    @Test func `token characters are those of RFC 9110 section 5.6.2`() {
        #expect(members { $0.isTokenCharacter } == Set(("!#$%&'*+-.^_`|~" + Self.digits + Self.letters).utf8))
    }

    @Test func `white space differs between field lines and JSON`() {
        #expect(members { $0.isFieldSpace } == [0x20, 0x09])
        #expect(members { $0.isJSONSpace } == [0x20, 0x09, 0x0A, 0x0D])
    }

    @Test func `only capitals change when lowercased`() {
        for byte in UInt8.min ... .max {
            let isCapital = (0x41...0x5A).contains(byte)
            #expect(byte.lowercased == (isCapital ? byte + 32 : byte))
        }
    }

    private func members(_ belongs: (UInt8) -> Bool) -> Set<UInt8> {
        Set((UInt8.min ... .max).filter(belongs))
    }
}
