package import JOSE
package import Questions

extension Configuration {
    /// An issuer's introspection endpoint, which is asked about its tokens (contract section 19).
    package struct Introspection: Sendable {
        /// About which tokens it is asked.
        package enum Scope: String, CaseIterable, Sendable {
            /// Those that are no JWTs.
            case opaque
            /// The issuer's JWTs as well, once they are verified.
            case all
        }

        /// Nil: discovery finds it.
        package var endpoint: FetchURL?
        /// Where a token of our own is had; nil: discovery finds it.
        package var tokenEndpoint: FetchURL?
        package var client: ClientCredentials
        package var scope = Scope.opaque
        /// What `client_id` must be one of where an answer has no audience.
        package var clients: [String] = []
        /// What counts as `sub` where an answer has none; nil: nothing does.
        package var subject: ClaimPlace?
        /// What its opaque tokens begin with; nil: anything.
        package var prefix: String?
        /// How long an answer is kept that calls a token active.
        package var maxAge = Duration.seconds(60)
        /// How long it is remembered that a token is not valid.
        package var inactiveMaxAge = Duration.seconds(5)
        package var probes = false
        package var limits = AskLimits()

        package init(client: ClientCredentials) { self.client = client }

        /// What differs where another server or by other rules is asked, so that what was remembered holds no longer.
        var terms: String {
            [
                endpoint?.text ?? "", client.id, scope.rawValue, clients.joined(separator: "\n"), prefix ?? "",
                subject.map { "\($0)" } ?? "",
                "\(maxAge)",
                "\(inactiveMaxAge)",
            ].joined(separator: "\n")
        }
    }
}
