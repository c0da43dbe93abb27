package import Bytes

/// What a request asks: which question, and the fields that bear on the answer, as places in the bytes of its head.
package struct ResolveRequest: Sendable {
    package var endpoint: Endpoint
    package var fields: RequestFields

    package init(_ endpoint: Endpoint, fields: RequestFields = RequestFields()) {
        self.endpoint = endpoint
        self.fields = fields
    }
}

/// Which of the two questions the gateway asks (contract section 1).
package enum Endpoint: UInt8, CaseIterable, Sendable {
    /// Who is calling? Strangers are answered 200.
    case resolve
    /// The same, but strangers are turned away with 401.
    case require
}
