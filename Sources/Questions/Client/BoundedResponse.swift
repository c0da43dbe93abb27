package import NIOHTTP1

/// What a server answered. Only with status 200 is there a body.
package struct BoundedResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: [UInt8] = []
}
