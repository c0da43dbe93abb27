import Bytes
import JOSE

extension FuzzTarget {
    /// ES256 by a table comes to the verdict that it comes to without one.
    ///
    /// An input is 64 bytes and a message. A signature is those bytes, or that of a key over the message, altered by them: where all of
    /// them are zero it is right.
    static let es256 = FuzzTarget(name: "es256") { input in
        guard let bench = ES256Bench.shared, input.byteCount >= 64 else { return }
        let (mask, message) = ([UInt8](copying: input.extracting(0..<64)), input.extracting(64..<input.byteCount))
        bench.check(mask, of: message)
        guard let right = try? bench.pair.signature(of: message) else { return }
        let isRight = bench.check(zip(right, mask).map { $0 ^ $1 }, of: message)
        expect(isRight || mask.contains { $0 != 0 }, "what the key has signed is right")
    }
}

/// One key in both ways.
private struct ES256Bench: Sendable {
    static let shared = try? ES256Bench()

    let pair: SigningKey
    private let plain: VerificationKey
    private let tabled: VerificationKey?

    private init() throws {
        pair = try SigningKey(generating: .es256, kid: nil)
        plain = try VerificationKey(pair.material, kid: nil, algorithm: .es256)
        tabled = plain.withTable()
    }

    /// Gives the verdict, which is the same in both.
    @discardableResult
    func check(_ signature: [UInt8], of message: RawSpan) -> Bool {
        let isRight = plain.verifies(signature.span.bytes, of: message, by: .es256)
        expect(tabled?.verifies(signature.span.bytes, of: message, by: .es256) == isRight, "a verdict by a table")
        return isRight
    }
}
