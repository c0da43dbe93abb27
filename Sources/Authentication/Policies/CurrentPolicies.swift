import JOSE

/// The policies of the moment, by numbers that evidence names: what was gathered under another one does not hold. One
/// resolver's own.
struct CurrentPolicies {
    /// How answers are written.
    private(set) var format: UInt32 = 1
    /// How sessions are judged, and how their answers are written.
    private(set) var sessions: UInt32 = 2
    private var last: UInt32 = 2
    /// By issuer id: until when its keys may be used, on the steady clock. In the past for what is not configured.
    private var usableUntil: [Int64] = []

    /// Answers are written in another way from now on: none holds.
    mutating func formatChanged() {
        format = takeNext()
        sessionsChanged()
    }

    /// Sessions are judged in another way from now on.
    mutating func sessionsChanged() { sessions = takeNext() }

    private mutating func takeNext() -> UInt32 {
        last += 1
        return last
    }

    /// - Parameter configured: the issuers whose tokens are accepted.
    mutating func set(_ keys: KeyRing, configured: [IssuerID]) {
        let count = configured.reduce(0) { max($0, Int($1.number) + 1) }
        usableUntil = Array(repeating: .min, count: count)
        for (place, id) in configured.enumerated() {
            guard let place = keys.place(of: id, guess: place) else { continue }
            usableUntil[Int(id.number)] = keys.issuers[place].usableUntil
        }
    }

    /// Until when an issuer's keys may be used; long ago when its tokens are not accepted, or no longer on the same terms.
    @inline(__always)
    func keysUsableUntil(_ issuer: IssuerID) -> Int64 {
        let place = Int(issuer.number)
        return place < usableUntil.count ? usableUntil[place] : .min
    }
}
