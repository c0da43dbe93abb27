/// What `/readyz` and `/metrics` say about one issuer's keys.
package struct IssuerStatus: Sendable {
    /// The issuer's identifier, from the configuration.
    package var issuer: String
    /// How long ago a fetch last confirmed the set; nil when none has.
    package var age: Duration?
    package var keys: Int
    /// Keys of the set that can't be used.
    package var skipped: Int
    /// Fetches by result; a result that never came is not in it.
    package var fetches: [FetchResult: Int]
    /// Why tokens of this issuer can't be verified now, in words; nil when they can.
    package var problem: String?

    package init(
        issuer: String, age: Duration? = nil, keys: Int, skipped: Int, fetches: [FetchResult: Int],
        problem: String? = nil
    ) {
        self.issuer = issuer
        self.age = age
        self.keys = keys
        self.skipped = skipped
        self.fetches = fetches
        self.problem = problem
    }
}
