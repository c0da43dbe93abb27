package import Bytes

/// Why a text is no set of keys that tokens could be verified with.
package enum KeySetError: Error, Hashable, Sendable {
    /// It is longer than 512 KiB.
    case tooLong
    /// It is not JSON (RFC 8259).
    case notJSON(JSONError)
    /// It has two members `keys`: another reader may take the other one.
    case keysTwice
    /// It is not an object with an array `keys` (RFC 7517 section 5).
    case notAKeySet
    /// It has more than 100 keys.
    case tooManyKeys
    /// None of its keys can be used; the reasons, one per key, in order.
    case noUsableKey([KeyRefusal])
}
