import JOSE

// Tables for the keys that verify most.
extension Refresher {
    /// How many keys have tables, over all issuers: 10 MB together. A table is freed when its key leaves its set.
    static let tableLimit = 64

    /// Has a table made for a key that is in demand, unless there are too many, or one is being made: whoever is in demand asks
    /// again.
    func makeTable(for wanted: KeyInDemand) {
        guard !isStopped, !isMakingTable, tables < Self.tableLimit,
            let issuer = issuers.first(where: { $0.id == wanted.issuer }),
            let key = issuer.keys.set?.key(wanted.fingerprint), key.isShortOfTable
        else { return }
        isMakingTable = true
        effects.makeTable(TableOrder(issuer: issuer.number, key: key))
    }

    /// - Parameters:
    ///   - number: of the issuer; nothing comes of a table for one that is gone.
    ///   - key: the key with its table; nil when there is none.
    func tableMade(number: Int, key: VerificationKey?) {
        isMakingTable = false
        guard !isStopped, let key, let issuer = byNumber[number], let set = issuer.keys.set?.replacing(key) else {
            return
        }
        issuer.keys.set = set
        effects.publish(ring)
    }

    private var tables: Int {
        issuers.reduce(0) { sum, issuer in sum + (issuer.keys.set?.keys.count(where: \.hasTable) ?? 0) }
    }
}

/// A table that is to be made.
struct TableOrder: Sendable {
    /// The issuer's number.
    let issuer: Int
    let key: VerificationKey
}
