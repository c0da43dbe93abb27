/// A request that waits: what is left of its decision. It can be resumed once, and only by the resolver that parked it.
package struct Parked: ~Copyable {
    let endpoint: Endpoint
    /// What the credentials before this one came to.
    var findings: Findings
    /// The credential that the wait is about.
    var flow: Flow
    /// What the request is likely to ask for next: who reads it now spares a wait.
    package let prefetch: [RecordQuery]
    /// The credentials that come after it, in order.
    var rest: ArraySlice<Credential>
    /// What Authgear is asked once the request is answered; nil: nothing.
    var shadow: AuthgearQuestion?

    /// How many bytes of the request it keeps. Some may be the effect's, too: what is shared is counted by both.
    package var memory: Int { flow.memory + rest.reduce(shadow?.memory ?? 0) { $0 + $1.memory } }
}
