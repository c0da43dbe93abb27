import Bytes
import JOSE

extension FuzzTarget {
    /// A DPoP proof is read the same way each time, its parts within their bounds, and no bit of one whose signature is right can be
    /// another.
    ///
    /// An input of one line is a proof; of two, a header, in which `KEY` stands for a key's JWK, and a payload, which that key signs.
    static let proof = FuzzTarget(name: "dpop-proof") { input in
        let lines = [UInt8](copying: input).split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2 else { return check(proof: [UInt8](copying: input), by: input.byteCount) }
        guard let key else { return }
        let header = String(decoding: lines[0], as: UTF8.self)
            .replacing("KEY", with: String(decoding: key.publicJWK, as: UTF8.self))
        guard let text = try? key.token(header: Array(header.utf8), claims: Array(lines[1])) else { return }
        check(proof: text, by: input.byteCount)
    }

    private static let key = try? SigningKey(generating: .es256, kid: nil)

    private static func check(proof text: [UInt8], by number: Int) {
        guard let proof = DPoPProof(text.span.bytes) else { return }
        expect(text.count <= DPoPProof.maximumBytes, "a proof is not too long")
        guard let header = proof.header, let key = ProofKey(header) else { return }
        guard let again = DPoPProof(text.span.bytes), let second = again.header.flatMap(ProofKey.init) else {
            return expect(false, "a proof is one each time")
        }
        expect(key.thumbprint == second.thumbprint && key.algorithm == second.algorithm, "its key is the same")
        expect(proof.headerDigest == again.headerDigest, "its header is the same")
        expect(proof.identifier == again.identifier, "its identifier is the same")
        guard key.verifies(proof) else { return }
        expect(second.verifies(proof), "a key that was read before verifies as well")
        var flipped = text
        flipped[number % text.count] ^= 1 << UInt8(number % 8)
        guard let other = DPoPProof(flipped.span.bytes), let key = other.header.flatMap(ProofKey.init) else { return }
        expect(!key.verifies(other), "a proof with a flipped bit is not its key's")
    }
}
