import Bytes

// What a decision may take.
extension Worker {
    /// Looks at the requests that have waited longest: what was decided meanwhile is forgotten, what is late is answered.
    mutating func endLateDecisions() {
        while let request = loop.deadlines.first {
            let waits = waits(request)
            guard !waits || loop.deadlines.due <= loop.now.steady else { break }
            loop.deadlines.removeFirst()
            guard waits else { continue }
            connections[request.slot].timeOut(&loop)
            settle(request.slot)
        }
        // Behind one that waits for long, others come and go: no more are kept than twice the connections.
        guard loop.deadlines.count > 2 * connections.count + DecisionDeadlines.keptEntries else { return }
        for request in loop.deadlines.takeAll() where waits(request) {
            loop.deadlines.append(slot: request.slot, began: request.began)
        }
    }

    private func waits(_ request: DecisionDeadlines.Entry) -> Bool {
        connections.holds(request.slot) && connections[request.slot].waits(since: request.began)
    }
}
