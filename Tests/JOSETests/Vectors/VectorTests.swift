import Fixtures
import JOSE
import Testing

@Suite struct VectorTests {
    @Test(arguments: Vector.all)
    func `what the RFC signed verifies`(_ vector: Vector) throws {
        let keys = try KeySet(#"{"keys":[\#(vector.key)]}"#)
        try TokenVerifier.verifySignature(of: Array(vector.token.utf8), with: keys)
    }

    @Test(arguments: Vector.all)
    func `what the RFC signed does not verify under another key`(_ vector: Vector) throws {
        let keys = try KeySet([TestKeys.key(vector.algorithm).using(vector.algorithm, kid: vector.kid)])
        let refusal = #expect(throws: TokenRefusal.self) {
            try TokenVerifier.verifySignature(of: Array(vector.token.utf8), with: keys)
        }
        #expect(refusal == .signatureWrong)
    }

    @Test(arguments: Vector.all)
    func `what the RFC signed does not verify with another payload`(_ vector: Vector) throws {
        let keys = try KeySet(#"{"keys":[\#(vector.key)]}"#)
        let changed = vector.token.replacing(/\.(.)/, maxReplacements: 1) { ".\($0.1 == "A" ? "B" : "A")" }
        let refusal = #expect(throws: TokenRefusal.self) {
            try TokenVerifier.verifySignature(of: Array(changed.utf8), with: keys)
        }
        #expect(refusal == .signatureWrong)
    }
}
