package import Telemetry

/// What there is to say of a worker at one moment, apart from what it has counted.
package struct WorkerFigures: Sendable {
    /// Connections that it has open.
    package var connections: Int
    /// Requests that have come and wait for what decides on them.
    package var waiting: Int
    /// What its thread has taken of the processor, in nanoseconds.
    package var busy: Int64

    package init(connections: Int = 0, waiting: Int = 0, busy: Int64 = 0) {
        (self.connections, self.waiting, self.busy) = (connections, waiting, busy)
    }
}

extension [WorkerFigures?] {
    /// Adds the workers' metrics to a page: by their numbers, from zero on. One of which nothing is known is left out.
    package func write(to page: inout PrometheusPage) {
        page.add(.requestsInFlight, value: reduce(0) { $0 + ($1?.waiting ?? 0) })
        for case (let number, let worker?) in enumerated() {
            page.add(.workerConnections, labels: ["\(number)"], value: worker.connections)
        }
        for case (let number, let worker?) in enumerated() {
            page.add(.workerBusy, labels: ["\(number)"], seconds: Double(worker.busy) / 1e9)
        }
    }
}

extension Worker {
    /// Those of this moment, but for the processor's time, which its thread does not know. Counted when they are asked for, over all
    /// connections, as in a sweep: a request pays nothing for it.
    package var figures: WorkerFigures {
        var waiting = 0
        for slot in connections.slots where connections.holds(slot: slot) { waiting += connections[slot].waitingCount }
        return WorkerFigures(connections: connections.count, waiting: waiting)
    }
}
