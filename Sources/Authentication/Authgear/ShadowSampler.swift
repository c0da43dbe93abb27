/// Picks the requests that Authgear is asked about as well.
struct ShadowSampler {
    /// Of 2³².
    private let threshold: UInt64
    /// Whoever foresaw it would only know which of his requests are compared.
    private var state = UInt64.random(in: .min ... .max)

    /// - Parameter share: from 0 to 1; nothing is sampled at 0.
    init?(share: Double) {
        guard share > 0 else { return nil }
        threshold = UInt64((min(share, 1) * 4_294_967_296).rounded(.up))
    }

    /// Whether the next request is one of them. Knuth's linear congruential generator, of which the upper half is random.
    mutating func picks() -> Bool {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 32 < threshold
    }
}
