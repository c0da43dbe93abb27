import Fixtures
import JOSE

extension Draft {
    static var publicKeys: [SigningKey] { [key, TestKeys.key(.es256), TestKeys.key(.es384)] + doubles }

    /// A right token, or one with one fault or two; claims and key vary, too.
    static func random(_ number: Int, _ generator: inout SeededGenerator) -> Draft {
        var draft = Draft()
        if Bool.random(using: &generator) { draft.mint = TokenMint(.es256) }
        draft.mint.claims["sub"] = #""user-\#(number)""#
        draft.mint.claims["exp"] = String(1_800_000_000 + Int.random(in: -9...9_999_999, using: &generator))
        draft.mint.claims["nbf"] = Bool.random(using: &generator) ? "1799999999.5" : nil
        draft.mint.claims["aud"] = [#""https://second.example""#, #"["x","\#(TokenMint.audience)"]"#].randomElement(
            using: &generator)
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
            let refusal = TokenRefusal.allCases.randomElement(using: &generator)
            Fault.all.filter { $0.refusal == refusal }.randomElement(using: &generator)?.make(&draft)
        }
        return draft
    }
}
