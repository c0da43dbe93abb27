package import JOSE
package import Questions
package import Trust

/// Why a fetch of an issuer's keys brought none, in the order in which a fetch can fail.
///
/// Its description is for a person, and holds no byte that came from the network but another issuer's name.
package enum FetchFailure: Error, Hashable, Sendable {
    /// A URL of the configuration, or the `jwks_uri` that discovery found.
    case url(FetchURL.Problem)
    case file(FileProblem)
    /// A request for the keys, or for what leads to them.
    case request(RequestFailure)
    /// The discovery document is not a JSON object with `issuer` and `jwks_uri`.
    case notDiscovery
    /// It says that it is of this one: printable ASCII, cut after 200 bytes.
    case issuerMismatch(String)
    /// What came is no key set, or no key of it can be used.
    case keySet(KeySetError)
    case stopped
}

extension FetchFailure {
    package var result: FetchResult {
        switch self {
        case .url: .url
        case .file(.tooLarge): .tooLarge
        case .file: .file
        case .request(let failure): Self.result(of: failure)
        case .notDiscovery: .discovery
        case .issuerMismatch: .issuerMismatch
        case .keySet(.tooLong): .tooLarge
        case .keySet(.noUsableKey): .noUsableKeys
        case .keySet: .notKeys
        case .stopped: .stopped
        }
    }

    private static func result(of failure: RequestFailure) -> FetchResult {
        switch failure {
        case .proxy: .proxy
        case .nameNotResolved: .name
        case .notConnected: .connection
        case .trust, .tls: .tls
        case .timedOut: .timeout
        case .unanswered, .connectionEnded, .brokenAnswer: .brokenAnswer
        case .status: .status
        case .redirect: .redirect
        case .tooLarge: .tooLarge
        case .stopped: .stopped
        }
    }
}

extension FetchFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .url(let problem): "the URL can't be used: \(problem)"
        case .file(.unreadable(let error)): "the file can't be read: \(error)"
        case .file(.notAFile): "the path is not a regular file"
        case .request(.timedOut): "no complete answer within 5 s"
        case .request(.tooLarge), .file(.tooLarge): "the answer is larger than 512 KiB"
        case .request(.unanswered), .request(.connectionEnded), .request(.brokenAnswer):
            "the connection ended within the answer, or the answer was not HTTP"
        case .request(let failure): "\(failure)"
        case .notDiscovery: "not an OpenID configuration: a JSON object with issuer and jwks_uri is expected"
        case .issuerMismatch(let found):
            "the OpenID configuration is of another issuer, \"\(found)\"; issuer must be equal byte for byte, down to a / at the end"
        case .keySet(let error): Self.description(of: error)
        case .stopped: "stopped before it was finished"
        }
    }

    private static func description(of error: KeySetError) -> String {
        switch error {
        case .tooLong: "the key set is larger than 512 KiB"
        case .notJSON: "the key set is not JSON"
        case .keysTwice: "the key set has two members named keys"
        case .notAKeySet: "not a key set: an object with an array named keys is expected"
        case .tooManyKeys: "the key set has more than 100 keys"
        case .noUsableKey([]): "the key set is empty"
        case .noUsableKey(let reasons):
            "none of the set's \(reasons.count) keys can be used; the first: \(reasons[0].reason)"
        }
    }
}

/// How a fetch of an issuer's keys ended: the `result` label of the fetch counter.
package enum FetchResult: String, CaseIterable, Sendable {
    /// The first set, or another one than before.
    case changed
    case unchanged
    case url
    case file
    case proxy
    case name
    case connection
    case tls
    case timeout
    case brokenAnswer = "broken_answer"
    case status
    case redirect
    case tooLarge = "too_large"
    case discovery
    case issuerMismatch = "issuer_mismatch"
    case notKeys = "not_keys"
    case noUsableKeys = "no_usable_keys"
    case stopped
}
