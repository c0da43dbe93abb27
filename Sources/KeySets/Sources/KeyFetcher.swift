import AsyncHTTPClient
import Bytes
import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
import NIOSSL
package import Tokens

/// Fetches key sets: one bounded attempt each, with a clear reason when it fails.
///
/// The HTTP client is made when a source first needs it, so a process whose keys come from files never pays for one.
package final class KeyFetcher: Sendable {
    /// How many bytes a key set or a discovery document may have.
    static let sizeLimit = 512 * 1_024
    static let redirectLimit = 3

    private let group: any EventLoopGroup
    private let trustRoots: String?
    /// For a fetch as a whole: discovery, redirects and bodies included.
    private let timeLimit: TimeAmount
    private let client = NIOLockedValueBox<HTTPClient?>(nil)

    /// - Parameters:
    ///   - group: where connections live.
    ///   - trustRoots: the path of a PEM file with certificates to trust besides the system's.
    package init(group: any EventLoopGroup, trustRoots: String? = nil, timeLimit: TimeAmount = .seconds(5)) {
        self.group = group
        self.timeLimit = timeLimit
        self.trustRoots = trustRoots
    }

    /// Ends running fetches and closes connections. Must be called once, and no fetch may be begun afterwards.
    package func shutdown() async {
        let client = client.withLockedValue { $0.take() }
        try? await client?.shutdown()
    }

    /// Fetches `source` once.
    ///
    /// - Parameter stamp: what the file looked like when it was last read; nil to read it in any case.
    package func fetch(_ source: KeySource, since stamp: FileStamp? = nil) async throws(FetchFailure) -> Fetched {
        switch source.location {
        case .file(let path):
            return try Self.fetch(KeyFile(path: path), since: stamp)
        case .uri(let uri):
            return .keys(try await fetch(Self.url(uri), deadline: .now() + timeLimit))
        case .discovery:
            let deadline = NIODeadline.now() + timeLimit
            let place = try Self.url(source.place)
            let document = try await get(place, deadline: deadline).body
            let uri = try DiscoveryDocument(document.span.bytes, expecting: source.issuer).keySetURI
            let url = try Self.url(uri)
            guard url.isSecure || !place.isSecure else { throw .url(.insecure) }
            return .keys(try await fetch(url, deadline: deadline))
        }
    }

    /// Fetches each source once, some at a time; gives the results in the order of the sources.
    package func fetchOnce(_ sources: [KeySource]) async -> [Result<KeySet, FetchFailure>] {
        var results = [Result<KeySet, FetchFailure>](repeating: .failure(.stopped), count: sources.count)
        await withTaskGroup(of: (Int, Result<KeySet, FetchFailure>).self) { group in
            for (index, source) in sources.enumerated() {
                if index >= Refresher.fetchSlots, let (done, result) = await group.next() { results[done] = result }
                group.addTask { (index, await self.result(of: source)) }
            }
            for await (done, result) in group { results[done] = result }
        }
        return results
    }

    private func result(of source: KeySource) async -> Result<KeySet, FetchFailure> {
        do throws(FetchFailure) {
            guard case .keys(let keys) = try await fetch(source) else { return .failure(.stopped) }
            return .success(keys.set)
        } catch {
            return .failure(error)
        }
    }

    private static func fetch(_ file: KeyFile, since stamp: FileStamp?) throws(FetchFailure) -> Fetched {
        switch try file.look(since: stamp, limit: sizeLimit) {
        case .untouched: return .untouched
        case .read(let bytes, let stamp):
            var keys = FetchedKeys(set: try KeySet(fetched: bytes))
            keys.stamp = stamp
            return .keys(keys)
        }
    }

    private func fetch(_ url: FetchURL, deadline: NIODeadline) async throws(FetchFailure) -> FetchedKeys {
        let answer = try await get(url, deadline: deadline)
        return FetchedKeys(set: try KeySet(fetched: answer.body), maxAge: answer.freshness)
    }

    private static func url(_ text: String) throws(FetchFailure) -> FetchURL {
        do { return try FetchURL(text) } catch { throw .url(error) }
    }
}

extension KeyFetcher {
    /// GETs `first`, or what it redirects to; each hop is checked before it is asked.
    private func get(_ first: FetchURL, deadline: NIODeadline) async throws(FetchFailure) -> BoundedAnswer.Response {
        var url = first
        for _ in 0...Self.redirectLimit {
            do {
                return try await getOnce(url, deadline: deadline)
            } catch let redirect as BoundedAnswer.Redirect {
                url = try Self.follow(redirect, from: url)
            } catch {
                throw FetchFailure(error)
            }
        }
        throw .redirect(.tooMany)
    }

    private static func follow(_ redirect: BoundedAnswer.Redirect, from url: FetchURL) throws(FetchFailure) -> FetchURL
    {
        guard let location = redirect.location else { throw .redirect(.malformed) }
        do {
            return try url.following(location: location)
        } catch {
            throw .redirect(error == .insecure ? .insecure : .malformed)
        }
    }

    private func getOnce(_ url: FetchURL, deadline: NIODeadline) async throws -> BoundedAnswer.Response {
        let request = try HTTPClient.Request(
            url: url.text,
            headers: [
                "accept": "application/json", "accept-encoding": "identity", "user-agent": "authgear-resolver",
            ])
        let task = try sharedClient().execute(
            request: request, delegate: BoundedAnswer(limit: Self.sizeLimit), deadline: deadline)
        return try await withTaskCancellationHandler {
            try await task.get()
        } onCancel: {
            task.cancel()
        }
    }

    private func sharedClient() throws -> HTTPClient {
        client.withLockedValue { client in
            if let client { return client }
            let made = HTTPClient(eventLoopGroup: group, configuration: configuration())
            client = made
            return made
        }
    }

    private func configuration() -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let trustRoots { tls.additionalTrustRoots = [.file(trustRoots)] }
        // Connections are kept just long enough for a discovery and the fetch that follows it.
        var pool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: .seconds(2), concurrentHTTP1ConnectionsPerHostSoftLimit: 2)
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: timeLimit, read: timeLimit), connectionPool: pool)
        configuration.httpVersion = .http1Only
        return configuration
    }
}
