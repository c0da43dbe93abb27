/// Which of the two questions the gateway asks (contract section 1).
package enum Endpoint: UInt8, CaseIterable, Sendable {
    /// Who is calling? Strangers are answered 200.
    case resolve
    /// The same, but strangers are turned away with 401.
    case require
}
