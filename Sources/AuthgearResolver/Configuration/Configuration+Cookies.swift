package import JOSE
package import Questions
package import Trust

extension Configuration {
    /// A cookie whose sessions another server knows, which is asked about them (contract section 21).
    package struct Cookie: Sendable {
        /// The cookie's; no two have the same, and none has one of Authgear's.
        package var name: String
        /// What is fetched with it.
        package var ask: FetchURL
        /// What the claims of an answer are called.
        package var claims: ClaimMapping
        /// Where nothing may stand in an answer.
        package var refusals: [ClaimPlace] = []
        /// How long an answer is kept that names a user.
        package var maxAge = Duration.seconds(30)
        package var limits = AskLimits()
        /// Who vouches for the server.
        package var anchors = TrustAnchors.system

        package init(name: String, ask: FetchURL, claims: ClaimMapping) {
            (self.name, self.ask, self.claims) = (name, ask, claims)
        }

        /// What the server is called where it is counted: its URL without the query.
        var place: String { ask.place }

        /// What gives it its number: on other terms it is another one, so that what was remembered holds no longer.
        package var terms: (issuer: TrustedIssuer, keySource: String) {
            let trusted = TrustedIssuer(
                identifier: name, audiences: [], algorithms: AlgorithmSet([]), leeway: .zero, claims: claims)
            return (trusted, "cookie\n\(ask.text)\n\(maxAge)\n\(refusals.map(\.path))")
        }
    }

    /// How much a server is asked over HTTP, and how.
    package struct AskLimits: Hashable, Sendable {
        /// How long one question may take.
        package var timeout = Duration.milliseconds(500)
        /// How many questions are sent at once.
        package var connections = 64
        /// How many wait to be sent.
        package var waiting = 1_024
        /// Whether it is asked over http although its host is not loopback.
        package var isInsecure = false

        package init() {}
    }
}

extension Configuration {
    /// What gives each issuer its number, then each cookie.
    package var terms: [(issuer: TrustedIssuer, keySource: String)] { issuers.map(\.terms) + cookies.map(\.terms) }

    /// Their numbers where there is one configuration for the whole life of the process.
    package var firstIDs: [IssuerID] { IssuerID.first(count: issuers.count + cookies.count) }

    /// The numbers of the cookies, among those of the issuers and of these.
    func cookiesWithIDs(_ ids: [IssuerID]) -> [(cookie: Cookie, id: IssuerID)] {
        Array(zip(cookies, ids.dropFirst(issuers.count))).map { ($0, $1) }
    }
}
