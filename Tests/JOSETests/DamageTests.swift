import Fixtures
import JOSE
import Testing

/// Right tokens that were damaged: none is valid, none traps.
@Suite struct DamageTests {
    let verifier = TokenMint.verifier()
    let ring = TokenMint.ring()

    @Test(arguments: [Algorithm.rs256, .ps256, .es256, .es512, .edDSA])
    func `with any bit flipped a token is not valid`(_ algorithm: Algorithm) {
        let token = TokenMint(algorithm).token
        for index in token.indices {
            for bit in 0..<8 {
                var damaged = token
                damaged[index] ^= 1 << UInt8(bit)
                #expect(verifier.verify(damaged, with: ring).token == nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func `with any byte left out, doubled or replaced a token is not valid`() {
        let token = TokenMint(.edDSA).token
        for index in token.indices {
            var damaged = token
            damaged.remove(at: index)
            #expect(verifier.verify(damaged, with: ring).token == nil, "without byte \(index)")
            damaged.insert(contentsOf: [token[index], token[index]], at: index)
            #expect(verifier.verify(damaged, with: ring).token == nil, "byte \(index) twice")
            for byte in [".", "=", "\0", "-", "_", "A"].map({ UInt8(ascii: $0) }) where byte != token[index] {
                damaged = token
                damaged[index] = byte
                #expect(verifier.verify(damaged, with: ring).token == nil, "byte \(index) is \(byte)")
            }
        }
    }

    @Test func `no beginning and no end of a token is valid`() {
        let token = TokenMint(.edDSA).token
        for count in 0..<token.count {
            #expect(verifier.verify(Array(token.prefix(count)), with: ring).token == nil)
            #expect(verifier.verify(Array(token.suffix(count)), with: ring).token == nil)
        }
    }
}
