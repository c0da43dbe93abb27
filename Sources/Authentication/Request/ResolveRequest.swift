package import Bytes

/// What a request asks: which question, and the fields that bear on the answer, as places in the bytes of its head.
package struct ResolveRequest: Sendable {
    package var endpoint: Endpoint
    package var fields: RequestFields
    /// By which access policy a valid credential is judged, by its place in the settings; nil: by none.
    package var policy: Int?

    package init(_ endpoint: Endpoint, fields: RequestFields = RequestFields(), policy: Int? = nil) {
        self.endpoint = endpoint
        self.fields = fields
        self.policy = policy
    }
}

/// Which of the two questions the gateway asks (contract section 1).
package enum Endpoint: UInt8, CaseIterable, Sendable {
    /// Who is calling? Strangers are answered 200.
    case resolve
    /// The same, but strangers are turned away with 401.
    case require
}
