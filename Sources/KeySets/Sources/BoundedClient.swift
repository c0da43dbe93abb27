import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOSSL
import Trust

/// GETs documents from issuers: bounded in bytes, time and redirects, from servers that somebody vouches for, and by a
/// proxy where there is one.
///
/// An HTTP client is made when a URL first needs it, so a process whose keys come from files never pays for one.
final class BoundedClient: Sendable {
    static let redirectLimit = 3

    /// What was made so far.
    private struct Made {
        var direct: HTTPClient?
        var proxied: HTTPClient?
        /// One for each that is configured.
        var tls: [TrustAnchors: ClientTLS] = [:]
    }

    private let group: any EventLoopGroup
    private let proxies: ProxyRules
    private let timeLimit: TimeAmount
    private let sizeLimit: Int
    private let made = NIOLockedValueBox(Made())

    /// - Parameters:
    ///   - group: where connections live.
    ///   - timeLimit: for what is done with one connection.
    ///   - sizeLimit: how many bytes a document may have.
    init(group: any EventLoopGroup, proxies: ProxyRules, timeLimit: TimeAmount, sizeLimit: Int) {
        self.group = group
        self.proxies = proxies
        self.timeLimit = timeLimit
        self.sizeLimit = sizeLimit
    }

    /// Ends what is running and closes connections. Must be called once, and nothing may be asked afterwards.
    func shutdown() async {
        let clients = made.withLockedValue { made in [made.direct.take(), made.proxied.take()] }
        for client in clients { try? await client?.shutdown() }
    }

    /// GETs `first`, or what it redirects to; each hop is checked before it is asked.
    func get(
        _ first: FetchURL, trusting anchors: TrustAnchors, deadline: NIODeadline
    ) async throws(FetchFailure) -> BoundedAnswer.Response {
        var url = first
        for _ in 0...Self.redirectLimit {
            let proxy = try proxy(for: url)
            let tls = try url.isSecure ? configuration(anchors) : nil
            do {
                return try await getOnce(url, by: proxy, tls: tls, deadline: deadline)
            } catch let redirect as BoundedAnswer.Redirect {
                url = try Self.follow(redirect, from: url)
            } catch {
                throw FetchFailure(error, by: proxy)
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

    private func getOnce(
        _ url: FetchURL, by proxy: ProxyAddress?, tls: TLSConfiguration?, deadline: NIODeadline
    ) async throws -> BoundedAnswer.Response {
        let request = try HTTPClient.Request(
            url: url.text,
            headers: [
                "accept": "application/json", "accept-encoding": "identity", "user-agent": "authgear-resolver",
            ], tlsConfiguration: tls)
        let task = client(by: proxy).execute(
            request: request, delegate: BoundedAnswer(limit: sizeLimit), deadline: deadline)
        return try await withTaskCancellationHandler {
            try await task.get()
        } onCancel: {
            task.cancel()
        }
    }
}

// What is made when it is needed.
extension BoundedClient {
    private func proxy(for url: FetchURL) throws(FetchFailure) -> ProxyAddress? {
        do { return try proxies.proxy(for: url) } catch { throw .proxy(error) }
    }

    private func configuration(_ anchors: TrustAnchors) throws(FetchFailure) -> TLSConfiguration {
        let tls = made.withLockedValue { made in
            let tls = made.tls[anchors] ?? ClientTLS(trusting: anchors)
            made.tls[anchors] = tls
            return tls
        }
        do { return try tls.configuration() } catch { throw .trust(error) }
    }

    private func client(by proxy: ProxyAddress?) -> HTTPClient {
        made.withLockedValue { made in
            let known = proxy == nil ? made.direct : made.proxied
            if let known { return known }
            let client = HTTPClient(eventLoopGroup: group, configuration: configuration(by: proxy))
            if proxy == nil { made.direct = client } else { made.proxied = client }
            return client
        }
    }

    private func configuration(by proxy: ProxyAddress?) -> HTTPClient.Configuration {
        // Connections are kept just long enough for a discovery and the fetch that follows it.
        var pool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: .seconds(2), concurrentHTTP1ConnectionsPerHostSoftLimit: 2)
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: timeLimit, read: timeLimit),
            connectionPool: pool)
        configuration.httpVersion = .http1Only
        configuration.proxy = proxy.map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
        }
        return configuration
    }
}
