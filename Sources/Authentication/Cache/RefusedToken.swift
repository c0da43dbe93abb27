import Bytes
import JOSE

/// A token for which there is no answer although no check before its signature fails, and what that rests on.
struct RefusedToken {
    let reason: Reason
    /// As long as its keys are the same, and may be used, the reason holds.
    let issuer: IssuerID
    /// How answers were written then.
    let format: UInt32

    /// What costs a signature to find out.
    enum Reason {
        /// The signature is wrong.
        case forged
        /// The signature is right, and what it vouches for can't be stated.
        case unstatable(HeaderRefusal)
        /// The signature is right, the answer would be too long, and the token is expired from a moment on.
        case tooLong(LongAnswer, until: Timestamp)
    }
}
