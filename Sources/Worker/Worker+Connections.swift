import Bytes
import EventLoop

// What a connection can't do itself.
extension Worker {
    /// Something happened to the connection.
    @inline(__always)
    mutating func settle(slot: Int) {
        if enqueue(slot: slot) {
            if parcels.count >= Self.parcelsTogether { send() }
        } else {
            connections[slot].end()
            conclude(slot: slot)
            makeRoom()
        }
    }

    /// Puts the connection's output of the event beside that of others.
    ///
    /// - Returns: whether there is any.
    @inline(__always)
    private mutating func enqueue(slot: Int) -> Bool {
        let output = loop.eventStart..<loop.output.count
        guard !output.isEmpty else { return false }
        parcels.append((slot, output))
        connections[slot].parcels += 1
        loop.eventStart = output.upperBound
        return true
    }

    /// What was decided on leaves.
    @inline(__always)
    mutating func send() {
        flush()
        makeRoom()
    }

    /// Sends the output that there is.
    private mutating func flush() {
        // By index: an iterator would share the array, which would then be copied to be emptied.
        for index in parcels.indices {
            let (slot, output) = parcels[index]
            guard connections.holds(slot: slot) else { continue }
            connections[slot].send(output, on: &loop)
            conclude(slot: slot)
        }
        parcels.removeAll(keepingCapacity: true)
        loop.sent()
    }

    /// Has connections let go while all together hold too much.
    @inline(__always)
    private mutating func makeRoom() {
        guard loop.held.isOver else { return }
        while loop.held.isOver, let slot = loop.held.takeOldest() {
            connections[slot].giveUp(on: &loop)
            guard !enqueue(slot: slot) else { continue }
            connections[slot].end()
            conclude(slot: slot)
        }
        flush()
    }

    /// Has the connections go on that had more to do when their turn was over, each for one more turn.
    ///
    /// - Returns: how many there were.
    mutating func goOn() -> Int {
        guard !paused.isEmpty else { return 0 }
        swap(&paused, &resumed)
        defer { resumed.removeAll(keepingCapacity: true) }
        for index in resumed.indices {
            let slot = resumed[index]
            // It may have been closed since, and another have its slot; or have gone on, because more came.
            guard connections.holds(slot: slot), connections[slot].isQueued else { continue }
            connections[slot].isQueued = false
            guard connections[slot].isPaused else { continue }
            connections[slot].goOn(on: &loop)
            settle(slot: slot)
        }
        return resumed.count
    }

    /// Has handshakes of TLS go on that were left for later turns, as many as a turn takes.
    ///
    /// - Returns: how many there were.
    mutating func goOnWithHandshakes() -> Int {
        var count = 0
        while let slot = loop.handshakes.popFirst() {
            count += 1
            // It may have been closed since.
            guard connections.holds(slot: slot), connections[slot].isPostponed else { continue }
            connections[slot].goOnWithHandshake(buffer: buffer, on: &loop)
            settle(slot: slot)
        }
        return count
    }

    /// Nothing of the connection's is left to send, or nothing can be sent now.
    @inline(__always)
    mutating func conclude(slot: Int) {
        guard !connections[slot].isOver else { return close(slot: slot) }
        if connections[slot].isPaused, !connections[slot].isQueued {
            connections[slot].isQueued = true
            paused.append(slot)
        }
        guard let interest = connections[slot].changedInterest(within: loop.bounds) else { return }
        let token = Self.token(slot: slot, of: connections[slot].channel)
        poller.change(connections[slot].socket.descriptor, as: token, to: interest)
    }

    mutating func close(slot: Int) {
        connections.remove(slot: slot)
        loop.held.note(bytes: 0, in: slot)
        count.leave()
    }
}

// What a decision may take.
extension Worker {
    /// Looks at the requests that have waited longest: what was decided meanwhile is forgotten, what is late is answered.
    mutating func endLateDecisions() {
        while let request = loop.deadlines.first {
            let waits = waits(for: request)
            guard !waits || loop.deadlines.due <= loop.now.steady else { break }
            loop.deadlines.removeFirst()
            guard waits else { continue }
            connections[request.slot].timeOut(stream: request.stream, on: &loop)
            settle(slot: request.slot)
        }
        // Behind one that waits for long, others come and go: those that have gone don't pile up.
        guard loop.deadlines.isCrowded else { return }
        for request in loop.deadlines.takeAll() where waits(for: request) {
            loop.deadlines.append(slot: request.slot, stream: request.stream, began: request.began)
        }
        loop.deadlines.sortedOut()
    }

    private func waits(for request: DecisionDeadlines.Entry) -> Bool {
        connections.holds(slot: request.slot)
            && connections[request.slot].waits(stream: request.stream, since: request.began)
    }
}
