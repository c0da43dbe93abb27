package import NIOCore

/// What a store tells of its records while it tracks them for us, so that answers can be kept in memory.
///
/// An answer may be given from memory only up to the last `upToDate` moment, and only if it rests on look-ups that were
/// asked after the first one. From `everything` on nothing may, until the next `upToDate`.
package enum StoreChange: Hashable, Sendable {
    /// The record under this key was changed or removed.
    case record([UInt8])
    /// Any record may have changed: the store was emptied, or can no longer tell.
    case everything
    /// Every change of more than a second before this moment has been told.
    case upToDate(until: NIODeadline)
}
