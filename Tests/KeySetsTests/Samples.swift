import Bytes
import Fixtures
import JOSE
import KeySets
import NIOCore
import NIOPosix
import Questions
import Trust

/// A JWK set of one key under several `kid`s.
func jwks(_ kids: [String]) -> String {
    let keys = kids.map { kid in
        sure { () throws(SigningKeyError) in try TestKeys.key(.es256).using(.es256, kid: kid) }
    }
    return String(decoding: SigningKey.jwks(of: keys), as: UTF8.self)
}

func keySet(_ kids: String...) -> KeySet {
    sure { () throws(KeySetError) in try KeySet(jwks(kids)) }
}

extension KeySet {
    var kids: [String] { keys.map { String(decoding: $0.kid ?? [], as: UTF8.self) } }
}

extension Result where Success == KeySet, Failure == FetchFailure {
    var kids: [String]? { try? get().kids }

    var failure: FetchFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

extension KeyFetcher {
    /// One that no busy machine makes give up.
    static func patient(proxies: ProxyRules = .none, limitedTo limit: TimeAmount = .minutes(1)) -> KeyFetcher {
        KeyFetcher(group: MultiThreadedEventLoopGroup.singleton, proxies: proxies, timeLimit: limit)
    }
}

/// Fetches once, with a fetcher of its own.
///
/// - Parameter roots: the path of a file with the certificates to trust.
func fetch(
    _ source: KeySource, trustRoots roots: String? = nil, proxies: ProxyRules = .none,
    limitedTo limit: TimeAmount = .minutes(1)
) async -> Result<KeySet, FetchFailure> {
    var source = source
    if let roots { source.anchors = .file(NamedFile(roots, key: "tls.ca_file")) }
    let fetcher = KeyFetcher.patient(proxies: proxies, limitedTo: limit)
    let results = await fetcher.fetchOnce([source])
    await fetcher.shutdown()
    return results[0]
}

func fetch(
    _ uri: String, trustRoots roots: String? = nil, proxies: ProxyRules = .none,
    limitedTo limit: TimeAmount = .minutes(1)
) async -> Result<KeySet, FetchFailure> {
    await fetch(
        KeySource(issuer: "https://issuer.test", location: .uri(uri)), trustRoots: roots, proxies: proxies,
        limitedTo: limit)
}
