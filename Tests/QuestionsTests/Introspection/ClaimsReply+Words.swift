import Authentication

extension ClaimsReply {
    /// `active`, `inactive`, or why it is neither.
    var words: String {
        switch self {
        case .active: "active"
        case .inactive: "inactive"
        case .unknown(let failure): "\(failure)"
        }
    }
}
