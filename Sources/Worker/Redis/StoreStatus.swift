/// Whether a store can be asked at this moment.
package enum StoreStatus: Hashable, Sendable {
    case reachable
    /// Why not, in a sentence for a person.
    case unreachable(reason: String)
}
