import AsyncHTTPClient
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

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

    /// - Parameter limit: how many bytes the body may have.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether the server has answered anything yet.
    var hasBegun: Bool { response.withLockedValue { $0.status != 0 } }

    func didReceiveHead(task: HTTPClient.Task<BoundedResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
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
