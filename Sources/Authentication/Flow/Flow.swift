import JOSE

/// The decision on one credential, while it waits for an effect.
enum Flow: ~Copyable {
    /// A JWT whose key is looked for.
    case token([UInt8], SHA256Digest, AuthgearQuestion?)
    /// A credential whose records are read.
    case records(SessionChain)
    /// A credential that Authgear is asked about, in place of a store.
    case question(AskedCredential)

    /// How many bytes of the request it keeps.
    var memory: Int {
        switch self {
        case .token(let token, _, let question): token.count + (question?.memory ?? 0)
        case .records(let chain): chain.credential.memory
        case .question(let asked): asked.credential.memory
        }
    }
}
