import Tokens

/// The decision on one credential, while it waits for an effect.
enum Flow: ~Copyable {
    /// A JWT whose key is looked for.
    case token([UInt8], SHA256Digest, AuthgearQuestion?)
    /// A credential whose records are read.
    case records(SessionChain)
    /// A credential that Authgear is asked about, in place of a store.
    case question(AskedCredential)
}
