/// What broke while a key of our own was made or used.
package enum SigningKeyError: Error, Sendable {
    /// libcrypto could not generate the key, or the algorithm needs another type of key.
    case notGenerated
    /// libcrypto could not sign.
    case notSigned
}
