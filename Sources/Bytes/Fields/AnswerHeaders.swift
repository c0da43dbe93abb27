/// What answers say to a backend: a gateway sets or clears each of these in every request (contract section 3).
package enum AnswerHeaders {
    /// Those of each answer.
    package static let eight = [
        "x-authgear-session-valid", "x-authgear-user-id", "x-authgear-user-anonymous", "x-authgear-user-verified",
        "x-authgear-user-can-reauthenticate", "x-authgear-user-roles", "x-authgear-session-amr",
        "x-authgear-session-authenticated-at",
    ]
    /// Whether an access policy lets a request in.
    package static let allowed = "x-authgear-allowed"
    /// What an access policy says of a request, and the second of them the check of where a browser's request comes from.
    package static let ofPolicies = [allowed, "x-authgear-refused"]
    /// What policies and assertions add.
    package static let further = ofPolicies + [assertion]
    /// What an assertion stands in, unless the configuration says another.
    package static let assertion = "x-authgear-assertion"
}
