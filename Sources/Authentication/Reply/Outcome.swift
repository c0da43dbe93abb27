/// What became of a request, as the gateway and the metrics see it (contract section 3).
package enum Outcome: UInt8, CaseIterable, Sendable {
    case valid
    case invalid
    /// No credential was presented.
    case none
    /// A credential was presented that could not be checked, and none that is valid.
    case unknown
}
