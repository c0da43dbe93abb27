/// What answers say to a backend: a gateway sets or clears each of these in every request (contract section 3).
package enum AnswerHeaders {
    /// Those of each answer.
    package static let eight = [
        "x-authgear-session-valid", "x-authgear-user-id", "x-authgear-user-anonymous", "x-authgear-user-verified",
        "x-authgear-user-can-reauthenticate", "x-authgear-user-roles", "x-authgear-session-amr",
        "x-authgear-session-authenticated-at",
    ]
    /// What policies and assertions add.
    package static let further = ["x-authgear-allowed", "x-authgear-refused", assertion]
    /// What an assertion stands in, unless the configuration says another.
    package static let assertion = "x-authgear-assertion"
}
