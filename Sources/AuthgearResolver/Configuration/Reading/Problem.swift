/// One thing that is wrong with the configuration file.
package struct Problem: Hashable, Sendable {
    package var place: Place
    /// The whole key, such as `issuers[0].audiences`; empty when the file as a whole is meant.
    package var key: String
    /// What is wrong. Never holds a secret.
    package var message: String
    /// What would be right.
    package var allowed: String?

    package init(at place: Place, key: String, _ message: String, allowed: String? = nil) {
        self.place = place
        self.key = key
        self.message = message
        self.allowed = allowed
    }

    /// One line: `12:5: sessions.redis.url: missing; allowed: …`.
    package var line: String {
        let subject = key.isEmpty ? "" : "\(key): "
        let remedy = allowed.map { "; allowed: \($0)" } ?? ""
        return "\(place.line):\(place.column): \(subject)\(message)\(remedy)"
    }
}
