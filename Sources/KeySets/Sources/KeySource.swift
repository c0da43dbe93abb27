import Questions
package import Trust

/// Where one issuer's keys come from (contract section 5).
package struct KeySource: Hashable, Sendable {
    package enum Location: Hashable, Sendable {
        /// The URL of the key set itself.
        case uri(String)
        /// `<issuer>/.well-known/openid-configuration` names it (OpenID Connect Discovery 1.0 section 4).
        case discovery
        /// The path of a file that holds it.
        case file(String)
    }

    /// The issuer's identifier, as tokens carry it in `iss`.
    package var issuer: String
    package var location: Location
    /// Who vouches for the servers that they are fetched from.
    package var anchors: TrustAnchors

    package init(issuer: String, location: Location, trusting anchors: TrustAnchors = .system) {
        self.issuer = issuer
        self.location = location
        self.anchors = anchors
    }

    /// What a person looks at when the keys do not come: a URL or a path, from the configuration. Without the URL's query,
    /// which may hold a secret.
    package var place: String {
        switch location {
        case .uri(let uri): String(uri.prefix { $0 != "?" })
        case .discovery: FetchURL.openIDConfiguration(of: issuer)
        case .file(let path): path
        }
    }

    /// The same, whole: a file that nobody else may read tells by it whether its keys came from there.
    package var name: String {
        if case .uri(let uri) = location { uri } else { place }
    }

    var isFile: Bool {
        if case .file = location { true } else { false }
    }
}
