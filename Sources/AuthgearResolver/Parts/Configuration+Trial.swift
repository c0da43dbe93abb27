package import Authentication

extension Configuration {
    /// How many made-up ids are asked for. In a cluster, a node has the slots of some keys: that it has those of all of these
    /// is unlikely unless it has all.
    private static let trialIDs = 4

    /// What the session store is asked to see whether records can be had, new each time.
    package var trialQueries: [RecordQuery] {
        (0..<Self.trialIDs).flatMap { _ in
            let id = "none-" + String(UInt64.random(in: .min ... .max), radix: 16)
            return RecordKeys(appID: sessions.appID).trialQueries(madeUpID: id)
        }
    }
}
