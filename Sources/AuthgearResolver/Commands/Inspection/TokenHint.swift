import Bytes
import JOSE

/// What may have happened to a token on its way into the terminal.
struct TokenHint: CustomStringConvertible {
    /// So many bytes a secret has at least: 96 bits in base64url.
    private static let shortestSecret = 16
    /// What it may be instead of a JWT, by the number of its parts.
    private static let names = [
        1: "an opaque access token, the store knows it: inspect --config FILE --token -",
        2: "a session cookie's value, the store knows it: inspect --config FILE --cookie session=-",
    ]

    let description: String

    /// Nil when nothing seems to have.
    ///
    /// - Parameter isLookedUp: whether an opaque token is as good as a JWT.
    init?(_ token: [UInt8], facts: TokenFacts, refusal: TokenRefusal?, isLookedUp: Bool = false) {
        let text = String(decoding: token.prefix(64), as: UTF8.self).lowercased()
        if let name = ["authorization:", "bearer"].first(where: text.hasPrefix) {
            description = "\"\(name)\" is no part of the token: it begins behind it\(isLookedUp ? "" : ", with ey")"
        } else if let first = text.first, ["\"", "'", "<"].contains(first) {
            description = "a token has no quotes around it: leave them out"
        } else if token.contains(where: { $0 <= 0x20 }) {
            description = "a token has no space or line break in it: was it wrapped, or are these several?"
        } else if text.hasPrefix("ey"), let loss = Self.loss(of: token, facts: facts, refusal: refusal) {
            description = loss
        } else if !isLookedUp, facts.byteCount >= Self.shortestSecret, let name = Self.names[facts.partCount] {
            description = "it is no JWT; if it is \(name)"
        } else {
            return nil
        }
    }

    /// What seems to be missing of a token that begins as one does.
    private static func loss(of token: [UInt8], facts: TokenFacts, refusal: TokenRefusal?) -> String? {
        let again = "copy the whole of it"
        switch refusal {
        case .notThreeParts where facts.partCount < 3:
            return "it seems to be cut off: it has \(facts.partCount) of 3 parts; \(again)"
        case .notThreeParts where facts.partCount == 5:
            return "it has 5 parts: it is an encrypted token (JWE), which only the one that it is for can read"
        case .signatureLength, .signatureNotBase64URL, .payloadNotBase64URL, .payloadMalformed:
            return "it may be cut off or mixed up with something else; \(again)"
        default: return token.suffix(3) == Array("...".utf8)[...] ? "it ends in an ellipsis; \(again)" : nil
        }
    }
}
