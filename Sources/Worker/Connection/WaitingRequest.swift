import Authentication
import Traces

/// A request of an HTTP/2 connection, while it waits for what decides on it.
final class WaitingRequest {
    /// Nil while the resolver has it.
    private var parked: Parked?
    let endpoint: Endpoint
    /// When the thread heard of the last bytes of the request.
    let cameAt: Int64
    /// From when on nobody waits for the answer, on the steady clock.
    let deadline: Int64
    /// The client's fields that a backend may take for ours, of a call.
    let spelled: [UInt8]
    /// Which version of our names those were looked for by.
    let names: UInt32
    /// The request as it is observed; nil where it is not.
    let trace: RequestTrace?
    /// The ticket of the wait.
    var ticket: Ticket?
    /// How many bytes are kept meanwhile.
    private(set) var bytes = 0

    init(
        for endpoint: Endpoint, cameAt: Int64, deadline: Int64, spelled: [UInt8], names: UInt32, trace: RequestTrace?
    ) {
        self.trace = trace
        (self.endpoint, self.cameAt, self.deadline, self.spelled) = (endpoint, cameAt, deadline, spelled)
        self.names = names
    }

    func park(_ parked: consuming Parked, bytes: Int) {
        self.parked = consume parked
        self.bytes = bytes + spelled.capacity
    }

    /// Takes the request: a reply that still comes for it finds nothing.
    func take() -> Parked? {
        (ticket, bytes) = (nil, 0)
        return parked.take()
    }
}
