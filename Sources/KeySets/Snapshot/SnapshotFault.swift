import Bytes
package import JOSE

/// Why nothing of a snapshot is taken. Its description is for a person; it says nothing of what the file holds.
package enum SnapshotFault: Error, Hashable, Sendable {
    // The file.
    case symbolicLink
    case notAFile
    /// It is another user's, who has this number.
    case notOurs(UInt32)
    /// Others may read or write it: its permissions.
    case open(UInt32)
    /// Others may write in its directory, which has these permissions.
    case openFolder(UInt32)
    /// Its directory is another user's, who has this number.
    case othersFolder(UInt32)
    /// In words, as the system says it.
    case unreadable(String)
    // What it holds.
    case tooLarge
    /// It ends in the middle.
    case torn
    case notJSON
    /// It is JSON without what a snapshot has.
    case notASnapshot
    /// Another version of the program wrote it.
    case format
    /// The SHA-256 is not that of what stands there.
    case digest
}

extension SnapshotFault {
    init(_ error: JSONError) { self = error == .unexpectedEnd ? .torn : .notJSON }
}

extension SnapshotFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .symbolicLink: "it is a symbolic link"
        case .notAFile: "it is not a regular file"
        case .notOurs(let user): "it belongs to another user (\(user))"
        case .open(let mode): "others than its owner may read or write it (mode 0\(String(mode, radix: 8)))"
        case .openFolder(let mode): "others may write in its directory (mode 0\(String(mode, radix: 8)))"
        case .othersFolder(let user): "its directory belongs to another user (\(user))"
        case .unreadable(let reason): "it can't be read: \(reason)"
        case .tooLarge: "it is larger than \(KeySnapshot.maximumBytes >> 20) MiB"
        case .torn: "it ends in the middle"
        case .notJSON: "it is not JSON"
        case .notASnapshot: "it is JSON, and no snapshot of keys"
        case .format: "its format is not 1, the one that is known here"
        case .digest: "it was changed: its sha256 is not that of its issuers"
        }
    }
}

/// Why a set of a snapshot is not taken.
package enum KeptSetFault: Error, Hashable, Sendable {
    /// No issuer is called so.
    case otherIssuer
    /// The issuer's keys come from elsewhere.
    case otherSource
    /// The issuer has a set already.
    case twice
    case inFuture
    /// It was confirmed `jwks.max_stale` ago, or longer.
    case tooOld
    /// It is no set that would be taken from the issuer itself.
    case keys(KeySetError)
}

extension KeptSetFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherIssuer: "no issuer of the configuration is called so"
        case .otherSource: "its keys came from elsewhere than the configuration says"
        case .twice: "its keys are there twice"
        case .inFuture: "its confirmed_at is in the future"
        case .tooOld: "its keys were last confirmed jwks.max_stale ago, or longer"
        case .keys(let error): "\(FetchFailure.keySet(error))"
        }
    }
}
