import AsyncHTTPClient
import NIOConcurrencyHelpers
package import NIOCore
package import NIOHTTP1
import NIOSSL
package import Trust

/// Sends GETs and forms in the background: bounded in bytes, time and redirects, to servers that somebody vouches for, and by a proxy
/// where there is one.
///
/// Takes requests, and who is trusted. Gives what was answered, or why nothing was. Imports Bytes, JOSE, Authentication, Telemetry,
/// Trust, NIO, NIOSSL, AsyncHTTPClient, swift-log and ServiceLifecycle. An HTTP client is made when a URL first needs it, so a
/// process that asks nobody never pays for one.
package final class BoundedClient: Sendable {
    static let redirectLimit = 3

    package struct Limits: Sendable {
        /// For what is done with one connection.
        package var time: TimeAmount
        /// How many bytes the head of an answer may have, and how many its body.
        package var size: Int
        /// How many connections to one host there are at once.
        package var connections: Int
        /// How long a connection is kept that nothing is sent on.
        package var idle: TimeAmount

        package init(time: TimeAmount, size: Int, connections: Int, idle: TimeAmount) {
            self.time = time
            self.size = size
            self.connections = connections
            self.idle = idle
        }
    }

    /// What was made so far.
    private struct Made {
        var direct: HTTPClient?
        var proxied: HTTPClient?
        /// One for each that is configured.
        var tls: [TrustAnchors: ClientTLS] = [:]
        /// How many requests are under way.
        var running = 0
        /// Set when its connections are to be closed as soon as none is.
        var isRetired = false

        /// The clients, to be shut down.
        mutating func takeClients() -> [HTTPClient] { [direct.take(), proxied.take()].compactMap(\.self) }
    }

    private let group: any EventLoopGroup
    private let proxies: ProxyRules
    private let limits: Limits
    private let made = NIOLockedValueBox(Made())

    /// - Parameter group: where connections live.
    package init(group: any EventLoopGroup, proxies: ProxyRules, limits: Limits) {
        self.group = group
        self.proxies = proxies
        self.limits = limits
    }

    /// Ends what is running and closes connections. Must be called once, and nothing may be asked afterwards.
    package func shutdown() async {
        for client in made.withLockedValue({ $0.takeClients() }) { try? await client.shutdown() }
    }

    /// Closes connections as soon as nothing is under way: another client takes its place. What is asked of this one all the
    /// same, by who has not heard of the other, closes its connection when it ends.
    package func retire() async {
        let unused = made.withLockedValue { made in
            made.isRetired = true
            return made.running == 0 ? made.takeClients() : []
        }
        for client in unused { try? await client.shutdown() }
    }

    /// GETs what is asked for, or what that redirects to; each hop is checked before it is asked. Gives an answer with status
    /// 200 and nothing else.
    package func get(
        _ request: BoundedRequest, deadline: NIODeadline
    ) async throws(RequestFailure) -> BoundedResponse {
        var request = request
        for _ in 0...Self.redirectLimit {
            let response = try await ask(request, deadline: deadline)
            switch response.status {
            case 200: return response
            case 301, 302, 303, 307, 308:
                request.url = try Self.follow(location: response.headers.first(name: "location"), from: request.url)
            case let code: throw .status(code)
            }
        }
        throw .redirect(.tooMany)
    }

    /// Sends what is asked for, and nothing else: a redirect is an answer like others.
    package func ask(_ request: BoundedRequest, deadline: NIODeadline) async throws(RequestFailure) -> BoundedResponse {
        let proxy = try proxy(for: request.url)
        let tls = try request.url.isSecure ? configuration(trusting: request.anchors) : nil
        let answer = BoundedAnswer(limit: limits.size)
        let client = begin(by: proxy)
        let outcome: Result<BoundedResponse, RequestFailure>
        do {
            outcome = .success(
                try await Self.send(request: request, answer: answer, by: client, tls: tls, deadline: deadline))
        } catch let other as BoundedAnswer.OtherStatus {
            outcome = .success(other.response)
        } catch {
            outcome = .failure(RequestFailure(error, by: proxy))
        }
        for unused in ended() { try? await unused.shutdown() }
        return try outcome.get()
    }

    /// The same. A server may close a connection that was kept just when a request is sent on it: then the request is sent once
    /// more (RFC 9112 section 9.3.1), and in no other case.
    func askAgainWhenUnanswered(
        _ request: BoundedRequest, deadline: NIODeadline
    ) async throws(RequestFailure) -> BoundedResponse {
        do {
            return try await ask(request, deadline: deadline)
        } catch {
            guard error == .unanswered(isKept: true) else { throw error }
            return try await ask(request, deadline: deadline)
        }
    }

    /// - Parameter location: unchecked; nil when the answer does not say where to.
    private static func follow(location: String?, from url: FetchURL) throws(RequestFailure) -> FetchURL {
        guard let location else { throw .redirect(.malformed) }
        do {
            return try url.following(location: location)
        } catch {
            throw .redirect(error == .insecure ? .insecure : .malformed)
        }
    }

    private static func send(
        request: BoundedRequest, answer: BoundedAnswer, by client: HTTPClient, tls: TLSConfiguration?,
        deadline: NIODeadline
    ) async throws -> BoundedResponse {
        let sent = try HTTPClient.Request(
            url: request.url.text, method: request.form == nil ? .GET : .POST, headers: request.headers,
            body: request.form.map { .bytes($0) }, tlsConfiguration: tls)
        let task = client.execute(request: sent, delegate: answer, deadline: deadline)
        return try await withTaskCancellationHandler {
            try await task.get()
        } onCancel: {
            task.cancel()
        }
    }
}

// What is made when it is needed.
extension BoundedClient {
    private func proxy(for url: FetchURL) throws(RequestFailure) -> ProxyAddress? {
        do { return try proxies.proxy(for: url) } catch { throw .proxy(error) }
    }

    private func configuration(trusting anchors: TrustAnchors) throws(RequestFailure) -> TLSConfiguration {
        let tls = made.withLockedValue { made in
            let tls = made.tls[anchors] ?? ClientTLS(trusting: anchors)
            made.tls[anchors] = tls
            return tls
        }
        do { return try tls.configuration() } catch { throw .trust(error) }
    }

    /// A request begins; `ended` follows.
    private func begin(by proxy: ProxyAddress?) -> HTTPClient {
        made.withLockedValue { made in
            made.running += 1
            let known = proxy == nil ? made.direct : made.proxied
            if let known { return known }
            let client = HTTPClient(eventLoopGroup: group, configuration: configuration(by: proxy))
            if proxy == nil { made.direct = client } else { made.proxied = client }
            return client
        }
    }

    /// - Returns: clients that nobody uses any more.
    private func ended() -> [HTTPClient] {
        made.withLockedValue { made in
            made.running -= 1
            return made.isRetired && made.running == 0 ? made.takeClients() : []
        }
    }

    private func configuration(by proxy: ProxyAddress?) -> HTTPClient.Configuration {
        var pool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: limits.idle, concurrentHTTP1ConnectionsPerHostSoftLimit: limits.connections)
        pool.retryConnectionEstablishment = false
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: limits.time, read: limits.time),
            connectionPool: pool)
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = ConnectionEnd.watch
        configuration.proxy = proxy.map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
        }
        return configuration
    }
}

/// A GET, or the POST of a form, that is to be sent: where to, with which fields, and whom it trusts to be there.
package struct BoundedRequest: Sendable {
    package var url: FetchURL
    /// Sent as they are; `Host` is the URL's unless it is among them.
    package var headers: HTTPHeaders
    /// Who vouches for the server.
    package var anchors: TrustAnchors
    /// What is posted; nil: it is a GET.
    package var form: [UInt8]?

    package init(_ url: FetchURL, headers: HTTPHeaders, trusting anchors: TrustAnchors, posting form: [UInt8]? = nil) {
        self.url = url
        self.headers = headers
        self.anchors = anchors
        self.form = form
    }
}

/// What a server answered. Only with status 200 is there a body.
package struct BoundedResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8] = []
}

/// Receives the answer to one request: 200 with a bounded body. Any other status ends the request at once, so a body that
/// nobody wants is never received.
final class BoundedAnswer: HTTPClientResponseDelegate {
    /// The server answers with another status than 200; that is all that is received.
    struct OtherStatus: Error {
        var response: BoundedResponse
    }

    private let limit: Int
    /// The client calls a delegate on one event loop, one call after another; the lock is never waited for.
    private let response = NIOLockedValueBox(BoundedResponse(status: 0, headers: [:]))

    /// - Parameter limit: how many bytes the head may have, and how many the body.
    init(limit: Int) {
        self.limit = limit
    }

    func didReceiveHead(task: HTTPClient.Task<BoundedResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        // NIO bounds what it reads of a head: 80 KiB a field, 256 fields, 2 MiB in all.
        let length = head.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        guard length <= limit else { return task.eventLoop.makeFailedFuture(RequestFailure.tooLarge) }
        let received = BoundedResponse(status: Int(head.status.code), headers: head.headers)
        response.withLockedValue { $0 = received }
        guard head.status == .ok else { return task.eventLoop.makeFailedFuture(OtherStatus(response: received)) }
        if let length = head.headers.first(name: "content-length"), Int(length).map({ $0 > limit }) ?? true {
            return task.eventLoop.makeFailedFuture(RequestFailure.tooLarge)
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<BoundedResponse>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = response.withLockedValue { response in
            guard response.body.count + buffer.readableBytes <= limit else { return false }
            response.body.append(contentsOf: buffer.readableBytesView)
            return true
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(RequestFailure.tooLarge)
    }

    func didFinishRequest(task: HTTPClient.Task<BoundedResponse>) throws -> BoundedResponse {
        response.withLockedValue { $0 }
    }
}
