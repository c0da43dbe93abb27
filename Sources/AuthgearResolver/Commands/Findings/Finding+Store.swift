package import Redis
package import Worker

extension Finding {
    /// What came of asking Redis for records, and which primary the Sentinels named. Without a majority of them it is no good: each
    /// session would be read anew, perhaps from a server that is the primary no longer.
    package init(_ address: RedisAddress, status: StoreStatus, primary: PrimaryView?) {
        let subject = "store redis \(address)"
        if case .unreachable(let reason) = status {
            self.init(subject, isSound: false, result: reason)
        } else if let problem = primary?.problem {
            self.init(subject, isSound: false, result: problem)
        } else {
            let place = primary.map { ": \($0.agreement)" } ?? ""
            self.init(subject, isSound: true, result: "reachable, and records can be asked for\(place)")
        }
    }
}

extension PrimaryView {
    /// Which server is the primary, and how many say so.
    fileprivate var agreement: String {
        let place = if case .majority(let node) = choice { "\(node)" } else { "no server" }
        let count = rows.count { $0.voice == .agrees }
        return "the primary is \(place), by \(count) of \(known) Sentinels"
    }
}
