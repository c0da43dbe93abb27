/// What is answered to a request, as far as a gateway can tell.
struct WorldAnswer: CustomStringConvertible {
    var status: Int
    /// As `Response.identity` has them; but for why it is unknown.
    var fields: [String] = []
    /// Why it is unknown: one of these.
    var reasons: Set<String> = []
    var challenge: String?
    /// Whether the session cookie is taken back.
    var isClearing = false

    init(status: Int, fields: [String] = [], reasons: Set<String> = []) {
        (self.status, self.fields, self.reasons) = (status, fields, reasons)
    }

    init(_ response: Response) {
        let reason = "resolver-error: "
        status = response.status
        fields = response.identity.filter { !$0.hasPrefix(reason) }
        reasons = Set(response.identity.filter { $0.hasPrefix(reason) }.map { String($0.dropFirst(reason.count)) })
        challenge = response["www-authenticate"]
        let clearing = "session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax"
        isClearing = response["set-cookie"] == clearing
    }

    /// Whether this is what it was to be.
    func isAsExpected(_ expected: WorldAnswer) -> Bool {
        status == expected.status && fields == expected.fields && challenge == expected.challenge
            && isClearing == expected.isClearing && reasons.isEmpty == expected.reasons.isEmpty
            && reasons.isSubset(of: expected.reasons)
    }

    /// Whether it says that the store was not there at this moment, as it may be on a busy machine, and is where a record that
    /// belongs to another had its connection closed.
    var isAway: Bool { !reasons.isDisjoint(with: ["store_disconnected", "store_timed_out", "decision_timed_out"]) }

    var description: String {
        ([String(status)] + fields + reasons.sorted() + [challenge ?? ""] + (isClearing ? ["and clears"] : []))
            .joined(separator: " | ")
    }
}
