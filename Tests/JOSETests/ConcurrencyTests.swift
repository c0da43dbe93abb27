import Fixtures
import JOSE
import Testing

/// Event loops share keys and verifier.
@Suite struct ConcurrencyTests {
    @Test(arguments: [Algorithm.rs256, .ps384, .es256, .edDSA])
    func `one verifier and its keys serve several threads at once`(_ algorithm: Algorithm) async {
        let (verifier, ring) = (TokenMint.verifier(), TokenMint.ring())
        let right = TokenMint(algorithm).token
        var wrong = right
        wrong[wrong.count - 20] ^= 1
        let refused = wrong
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<100).allSatisfy { _ in
                        verifier.verify(right, with: ring).token != nil
                            && verifier.verify(refused, with: ring).token == nil
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
