import Bytes
package import JOSE
import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
package import Questions
package import Trust

/// Fetches key sets: one bounded attempt each, with a clear reason when it fails.
package final class KeyFetcher: Sendable {
    /// How many bytes a key set or a discovery document may have.
    static let sizeLimit = 512 * 1_024
    /// How many fetches run at once.
    static let maximumFetches = 16

    private static let headers: HTTPHeaders = [
        "accept": "application/json", "accept-encoding": "identity", "user-agent": "authgear-resolver",
    ]

    private let group: any EventLoopGroup
    private let client: NIOLockedValueBox<BoundedClient>
    /// For a fetch as a whole: discovery, redirects and bodies included.
    private let timeLimit: TimeAmount

    /// - Parameters:
    ///   - group: where connections live.
    ///   - proxies: by which keys are fetched.
    package init(group: any EventLoopGroup, proxies: ProxyRules = .none, timeLimit: TimeAmount = .seconds(5)) {
        self.timeLimit = timeLimit
        self.group = group
        client = NIOLockedValueBox(Self.client(on: group, proxies: proxies, timeLimit: timeLimit))
    }

    private static func client(
        on group: any EventLoopGroup, proxies: ProxyRules, timeLimit: TimeAmount
    ) -> BoundedClient {
        // Connections are kept just long enough for a discovery and the fetch that follows it.
        BoundedClient(
            group: group, proxies: proxies,
            limits: .init(time: timeLimit, size: sizeLimit, connections: 2, idle: .seconds(2)))
    }

    /// Fetches that begin from now on go by these proxies.
    package func adopt(_ proxies: ProxyRules) async {
        let next = Self.client(on: group, proxies: proxies, timeLimit: timeLimit)
        let former = client.withLockedValue { client in
            defer { client = next }
            return client
        }
        await former.retire()
    }

    /// Ends running fetches and closes connections. Must be called once, and no fetch may be begun afterwards.
    package func shutdown() async {
        await client.withLockedValue(\.self).shutdown()
    }

    /// Fetches `source` once.
    ///
    /// - Parameter stamp: what the file looked like when it was last read; nil to read it in any case.
    package func fetch(_ source: KeySource, since stamp: FileStamp? = nil) async throws(FetchFailure) -> Fetched {
        switch source.location {
        case .file(let path):
            return try Self.fetch(file: WatchedFile(path: path), since: stamp)
        case .uri(let uri):
            return .keys(
                try await fetch(from: Self.url(in: uri), trusting: source.anchors, deadline: .now() + timeLimit))
        case .discovery:
            let deadline = NIODeadline.now() + timeLimit
            let place = try Self.url(in: source.place)
            let document = try await get(from: place, trusting: source.anchors, deadline: deadline).body
            let uri = try DiscoveryDocument(document.span.bytes, expecting: source.issuer).keySetURI
            let url = try Self.url(in: uri)
            guard url.isSecure || !place.isSecure else { throw .url(.insecure) }
            return .keys(try await fetch(from: url, trusting: source.anchors, deadline: deadline))
        }
    }

    /// Fetches each source once, some at a time; gives the results in the order of the sources.
    package func fetchOnce(_ sources: [KeySource]) async -> [Result<KeySet, FetchFailure>] {
        var results = [Result<KeySet, FetchFailure>](repeating: .failure(.stopped), count: sources.count)
        await withTaskGroup(of: (Int, Result<KeySet, FetchFailure>).self) { group in
            for (index, source) in sources.enumerated() {
                if index >= Self.maximumFetches, let (done, result) = await group.next() { results[done] = result }
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

    private static func fetch(file: WatchedFile, since stamp: FileStamp?) throws(FetchFailure) -> Fetched {
        switch try look(at: file, since: stamp) {
        case .untouched: return .untouched
        case .read(let bytes, let stamp):
            var keys = FetchedKeys(set: try KeySet(fetched: bytes), text: bytes)
            keys.stamp = stamp
            return .keys(keys)
        }
    }

    private static func look(at file: WatchedFile, since stamp: FileStamp?) throws(FetchFailure) -> WatchedFile.Look {
        do { return try file.look(since: stamp, limit: sizeLimit) } catch { throw .file(error) }
    }

    private func fetch(
        from url: FetchURL, trusting anchors: TrustAnchors, deadline: NIODeadline
    ) async throws(FetchFailure) -> FetchedKeys {
        let answer = try await get(from: url, trusting: anchors, deadline: deadline)
        let freshness = CacheControl.freshness(
            of: answer.headers["cache-control"], age: answer.headers.first(name: "age"))
        return FetchedKeys(set: try KeySet(fetched: answer.body), text: answer.body, maxAge: freshness)
    }

    private func get(
        from url: FetchURL, trusting anchors: TrustAnchors, deadline: NIODeadline
    ) async throws(FetchFailure) -> BoundedResponse {
        do {
            return try await client.withLockedValue(\.self).get(
                BoundedRequest(url, headers: Self.headers, trusting: anchors), deadline: deadline)
        } catch {
            throw .request(error)
        }
    }

    private static func url(in text: String) throws(FetchFailure) -> FetchURL {
        do { return try FetchURL(text) } catch { throw .url(error) }
    }
}

/// What a fetch that succeeded brought.
package enum Fetched: Sendable {
    /// A set that was read and checked; it may equal the one before.
    case keys(FetchedKeys)
    /// The file was not touched since it was last read.
    case untouched
}

/// A key set and what is known of how long it holds.
package struct FetchedKeys: Sendable {
    package var set: KeySet
    /// The set as it came.
    package var text: [UInt8]
    /// How long the answer stays fresh; nil when it did not say so.
    package var maxAge: TimeAmount?
    /// What the file looked like when it was read; nil for the network, and for a file that may still be written.
    package internal(set) var stamp: FileStamp?

    package init(set: KeySet, text: [UInt8] = [], maxAge: TimeAmount? = nil) {
        self.set = set
        self.text = text
        self.maxAge = maxAge
    }
}

extension KeySet {
    /// Reads what a fetch brought; what is wrong with it becomes a failed fetch.
    init(fetched bytes: [UInt8]) throws(FetchFailure) {
        do {
            try self.init(jwks: bytes.span.bytes)
        } catch {
            throw .keySet(error)
        }
    }

    func hasKey(kid: [UInt8]) -> Bool {
        !keys(kid: kid).isEmpty
    }
}
