package import HTTP1

/// Which question a call asks: an endpoint, and perhaps an access policy (contract section 28).
package struct CheckMode: Hashable, Sendable {
    package var route: Route
    /// The policy's name.
    package var policy: String?

    package init(_ route: Route, policy: String? = nil) {
        (self.route, self.policy) = (route, policy)
    }

    /// What one of the places says in which a call may name its question; nil where it says nothing.
    package struct Words: Hashable, Sendable {
        package var endpoint: String?
        package var policy: String?

        package init(endpoint: String? = nil, policy: String? = nil) {
            (self.endpoint, self.policy) = (endpoint, policy)
        }

        var areSaid: Bool { endpoint != nil || policy != nil }
    }

    /// There is no such endpoint.
    package struct Unknown: Error {
        package init() {}
    }

    /// What a call asks: the first place that says anything counts, and the others don't.
    ///
    /// - Parameters:
    ///   - extensions: the context extensions of the route.
    ///   - metadata: the call's own.
    ///   - fallback: what the address is configured for.
    package init(_ extensions: Words, _ metadata: Words, else fallback: CheckMode) throws(Unknown) {
        let words = extensions.areSaid ? extensions : metadata
        guard words.areSaid else {
            self = fallback
            return
        }
        policy = words.policy
        switch words.endpoint {
        case "resolve": route = .resolve
        // Who names a policy means it to be kept to.
        case "require", nil: route = .require
        default: throw Unknown()
        }
    }
}
