import Authentication
import HTTP1

extension Endpoint {
    /// The question that a path asks.
    @inline(__always)
    init(_ route: Route) {
        switch route {
        case .resolve: self = .resolve
        case .require: self = .require
        }
    }
}
