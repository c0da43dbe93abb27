package import NIOHTTP1
package import Trust

/// A GET that is to be sent: where to, with which fields, and whom it trusts to be there.
package struct BoundedRequest: Sendable {
    package var url: FetchURL
    /// Sent as they are; `Host` is the URL's unless it is among them.
    package var headers: HTTPHeaders
    /// Who vouches for the server.
    package var anchors: TrustAnchors

    package init(_ url: FetchURL, headers: HTTPHeaders, trusting anchors: TrustAnchors) {
        self.url = url
        self.headers = headers
        self.anchors = anchors
    }
}
