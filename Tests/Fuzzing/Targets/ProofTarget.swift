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
        expect(DPoPProof.identifierLength.contains(proof.identifier.count), "a proof has an identifier")
        guard let header = proof.header else { return }
        guard let again = DPoPProof(text.span.bytes), let second = again.header else {
            return expect(false, "a proof is one each time")
        }
        expect(header.thumbprint == second.thumbprint && header.algorithm == second.algorithm, "its key is the same")
        expect(proof.headerDigest == again.headerDigest, "its header is the same")
        guard header.verifies(proof) else { return }
        expect(second.verifies(proof), "a key that was read before verifies as well")
        var flipped = text
        flipped[number % text.count] ^= 1 << UInt8(number % 8)
        guard let other = DPoPProof(flipped.span.bytes), let header = other.header else { return }
        expect(!header.verifies(other), "a proof with a flipped bit is not its key's")
    }
}
