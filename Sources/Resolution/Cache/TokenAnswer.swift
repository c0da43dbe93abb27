import Bytes

/// The finished answer of a token that was verified, and what it rests on.
struct TokenAnswer {
    let answer: Answer
    /// The token's `exp` with the leeway: from then on it is no longer valid.
    let expiresAt: Timestamp
    /// The key that verified the token.
    let signer: SignerID
}
