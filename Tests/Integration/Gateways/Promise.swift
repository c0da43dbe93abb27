import Testing

/// What every gateway's shipped files promise: the columns of the table in `docs/gateways.md`.
enum Promise: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case eight = "the resolver's names, however spelled, never come from a client"
    case others = "nor does any other name that begins `x-authgear-`, where the resolver is asked"
    case othersUnasked = "… and where nobody is asked"
    case trailers = "nor does one in a trailer"
    case hops = "`Connection: x-authgear-user-id` drops nothing"
    case places = "asks `/resolve`, asks `/require`, asks nobody and clears"
    case paths = "paths lead to no other place than they mean, however spelled"
    case strangers = "strangers get 401 with the challenge"
    case policies = "a policy's 403 comes with its challenge"
    case missingPolicy = "a policy that the resolver does not have lets nobody in: 503, nginx's own 500"
    case outage = "an outage is 503 with `Retry-After`, within 8 s"
    case connections = "connections to the resolver are kept"
    case bodies = "bodies arrive whole, and never at the resolver"
    case address = "the resolver learns the client's address from the gateway alone"
    case expectation = "an answer to `Expect: 100-continue` does not wait for the body"
    case large = "tokens of 12 kB and cookies of 14 kB"
    case lines = "two `Cookie` lines"
    case crumbs = "cookies that HTTP/2 has cut into crumbs"
    case http2 = "HTTP/2 from clients"
    case webSocket = "WebSockets, checked when they are opened"
    case statuses = "the backend's own 401, 500 and 503 pass unchanged"
    case hidden = "clients see no `x-authgear-*` field of the resolver"

    var testDescription: String { "\(self)" }
}
