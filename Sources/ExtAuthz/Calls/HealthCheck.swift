package import Bytes

/// `grpc.health.v1.Health/Check`: whether this side takes calls.
package enum HealthCheck {
    /// Whether a `HealthCheckRequest` is about a service of ours: its name is field 1; without one, all of the server is asked about.
    package static func isAboutUs(_ message: RawSpan) throws(MalformedMessage) -> Bool {
        var (reader, isKnown) = (MessageReader(at: 0..<message.byteCount), true)
        while let field = try reader.next(in: message) {
            guard field.number == 1, let place = field.bytes else { continue }
            let name = message.extracting(place)
            guard UTF8Text.isValid(name) else { throw MalformedMessage() }
            isKnown = name.byteCount == 0 || name.equals("envoy.service.auth.v3.Authorization")
        }
        return isKnown
    }

    /// A `HealthCheckResponse`: SERVING or NOT_SERVING.
    package static func response(isServing: Bool) -> [UInt8] { [1 << 3, isServing ? 1 : 2] }
}
