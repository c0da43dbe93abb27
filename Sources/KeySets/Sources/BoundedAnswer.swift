import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// Receives the answer to one GET: 200 with a bounded body, or a redirect. Whatever else comes ends the request at once,
/// so a body that nobody wants is never received.
final class BoundedAnswer: HTTPClientResponseDelegate {
    struct Response: Sendable {
        var body: [UInt8]
        /// How long it stays fresh, when it says so.
        var freshness: TimeAmount?
    }

    /// The server answers that what was asked for is elsewhere.
    struct Redirect: Error {
        /// The `Location`, unchecked; nil when there is none.
        var location: String?
    }

    private let limit: Int
    /// The client calls a delegate on one event loop, one call after another; the lock is never waited for.
    private let response = NIOLockedValueBox(Response(body: []))

    /// - Parameter limit: how many bytes the body may have.
    init(limit: Int) {
        self.limit = limit
    }

    func didReceiveHead(task: HTTPClient.Task<Response>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        switch head.status.code {
        case 200: break
        case 301, 302, 303, 307, 308:
            return task.eventLoop.makeFailedFuture(Redirect(location: head.headers.first(name: "location")))
        case let code:
            return task.eventLoop.makeFailedFuture(FetchFailure.status(Int(code)))
        }
        if let length = head.headers.first(name: "content-length"), Int(length).map({ $0 > limit }) ?? true {
            return task.eventLoop.makeFailedFuture(FetchFailure.tooLarge)
        }
        let freshness = CacheControl.freshness(head.headers["cache-control"], age: head.headers.first(name: "age"))
        response.withLockedValue { $0.freshness = freshness }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Response>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = response.withLockedValue { response in
            guard response.body.count + buffer.readableBytes <= limit else { return false }
            response.body.append(contentsOf: buffer.readableBytesView)
            return true
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(FetchFailure.tooLarge)
    }

    func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response {
        response.withLockedValue { $0 }
    }
}
