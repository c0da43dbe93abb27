import Fixtures
import JOSE
import Testing

@Suite struct SigningKeyTests {
    @Test(arguments: Algorithm.allCases)
    func `what a key signs, its published half verifies`(_ algorithm: Algorithm) throws {
        let key = TestKeys.key(algorithm)
        let published = try KeySet([key]).keys[0]
        let message = Array("a message".utf8)
        let signature = try key.signature(of: message)
        #expect(published.kid == key.kid.map { Array($0.utf8) })
        #expect(published.algorithm == algorithm)
        #expect(published.verifies(signature, of: message, by: algorithm))
        #expect(!published.verifies(signature, of: Array("another message".utf8), by: algorithm))
    }

    @Test(arguments: Algorithm.allCases, Algorithm.allCases)
    func `a key signs for no algorithm of another type`(_ algorithm: Algorithm, _ other: Algorithm) {
        let signing = try? TestKeys.key(algorithm).using(other, kid: nil)
        #expect((signing != nil) == (algorithm.keyType == other.keyType))
    }
}
