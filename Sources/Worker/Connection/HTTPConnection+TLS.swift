import Bytes
import EventLoop
import HTTP1
import TLS

/// What the bytes of a gateway's connection go through.
enum Channel: UInt8 {
    /// They are sent as they are.
    case plain
    case secured
    /// No more are sent: the socket is to be closed.
    case over
}

extension HTTPConnection {
    var isOver: Bool {
        @inline(__always) get { channel == .over }
        set { if newValue { channel = .over } }
    }

    mutating func beginTLS(on loop: borrowing WorkerContext) {
        tls = loop.effects.serverTLS().flatMap { TLSConnection($0, within: loop.bounds, at: loop.tick) }
        channel = tls == nil ? .over : .secured
    }

    /// The socket says something. What is kept unsent is ciphertext.
    mutating func hearSecured(
        _ event: Poller.Event, buffer: borrowing ReadBuffer, on loop: inout WorkerContext
    ) {
        guard !event.isBroken || event.isReadable else { return leave(on: &loop) }
        if event.isWritable { sendRest(on: &loop) }
        guard event.isReadable, unsent.isEmpty else { return }
        _ = receiveSecured(buffer: buffer, on: &loop)
    }

    /// Goes on with the handshake, whose turn has come. Nothing has come for it where it was left for later at the end of silence alone.
    mutating func goOnWithHandshake(buffer: borrowing ReadBuffer, on loop: inout WorkerContext) {
        isPostponed = false
        endSecuredSilence(buffer: buffer, on: &loop)
    }

    /// Whether the handshake, or the end after a failure, has lasted too long.
    mutating func isLateInTLS(on loop: inout WorkerContext) -> Bool {
        guard let tls, tls.isLate(at: loop.tick) else { return false }
        if tls.isInHandshake { loop.figures.count(handshake: .timedOut) }
        return true
    }

    /// Who was silent until now is closed, unless something has come that was not read yet.
    mutating func endSecuredSilence(buffer: borrowing ReadBuffer, on loop: inout WorkerContext) {
        guard !unsent.isEmpty || !receiveSecured(buffer: buffer, on: &loop) else { return }
        if case .close = connection.endSilence() { ending = .close }
    }

    /// Sends what was written, a part of the loop's output, once TLS has made records of it.
    mutating func sendSecured(_ output: Range<Int>, on loop: inout WorkerContext) {
        guard let tls, !isOver, !tls.hasFailed else { return }
        do throws(TLSError) { try tls.write(loop.output.bytes(in: output)) } catch { return fail(error, on: &loop) }
        sendRecords(on: &loop)
        end()
    }

    /// Tells the client that nothing follows (RFC 8446 section 6.1). It is tried once: who has no room for it gets none.
    mutating func sayGoodbye() {
        guard channel == .secured, unsent.isEmpty, let tls else { return }
        tls.close()
        let descriptor = socket.descriptor
        tls.send { Socket.send($0, on: descriptor) ?? 0 }
    }
}

extension HTTPConnection {
    /// - Returns: whether anything has come, or may have, where the handshake is left for a later turn.
    private mutating func receiveSecured(buffer: borrowing ReadBuffer, on loop: inout WorkerContext) -> Bool {
        if let tls, tls.isInHandshake, !loop.handshakes.takeStep(for: slot, hasBegun: tls.hasBegun) {
            isPostponed = true
            return true
        }
        switch socket.receive(into: buffer) {
        case .bytes(let count):
            take(ciphertext: count, in: buffer, on: &loop)
            if isHolding || tls?.memory != 0 { reportHeld(on: &loop) }
            return true
        case .end:
            if tls?.isEstablished == true, tls?.hasFailed == false { endInput(on: &loop) } else { leave(on: &loop) }
            return true
        case .nothing: return false
        case .failed:
            leave(on: &loop)
            return true
        }
    }

    private mutating func take(
        ciphertext count: Int, in buffer: borrowing ReadBuffer, on loop: inout WorkerContext
    ) {
        guard let tls else { return }
        guard !tls.hasFailed else { return isOver = !tls.discard(count) }
        let wasEstablished = tls.isEstablished
        do throws(TLSError) {
            try tls.receive(buffer.bytes(first: count))
            // The ciphertext is libssl's now, and its place free for what it says.
            if tls.isEstablished, !wasEstablished { beginApplication(of: tls, on: &loop) }
            while !isOver {
                let count = try tls.read(into: buffer)
                guard count > 0 else { break }
                receive(buffer.bytes(first: count), on: &loop)
            }
        } catch {
            return fail(error, on: &loop)
        }
        // The server's part of the handshake, and what libssl answers by itself.
        sendRecords(on: &loop)
        if tls.isClosedByPeer, !isInputClosed { endInput(on: &loop) }
    }

    /// The handshake is complete: what was agreed on is spoken.
    private mutating func beginApplication(of tls: TLSConnection, on loop: inout WorkerContext) {
        loop.figures.count(handshake: .done)
        guard tls.application == .http2 else { return }
        let http2 = HTTP2Connection(slot: slot, on: loop)
        if isDraining { http2.drain() }
        self.http2 = http2
        // The server's settings need not wait for the client's preface (RFC 9113 section 3.4).
        goOn(on: &loop)
    }

    /// Sends the records that there are; what the system does not take is kept as other output is.
    private mutating func sendRecords(on loop: inout WorkerContext) {
        guard let tls, tls.hasOutput else { return }
        if unsent.isEmpty {
            let descriptor = socket.descriptor
            var isBroken = false
            tls.send { records in
                let count = Socket.send(records, on: descriptor)
                isBroken = count == nil
                return count ?? 0
            }
            guard !isBroken else { return isOver = true }
            guard tls.hasOutput else { return }
            setBlocked(true, on: loop)
        }
        tls.send { records in
            unsent.append(copying: records)
            return records.byteCount
        }
        reportHeld(on: &loop)
    }

    /// Tells the client by an alert, and waits for it to leave: closed at once, with bytes unread, the alert might not arrive.
    private mutating func fail(_ error: TLSError, on loop: inout WorkerContext) {
        guard let tls, !tls.hasFailed else { return }
        if !tls.isEstablished { loop.figures.count(handshake: HandshakeResult(error)) }
        sendRecords(on: &loop)
        tls.fail(within: loop.bounds, at: loop.tick)
        guard !isInputClosed else { return isOver = true }
        socket.closeOutput()
    }

    /// The client is gone.
    private mutating func leave(on loop: inout WorkerContext) {
        if let tls, tls.isInHandshake { loop.figures.count(handshake: .left) }
        isOver = true
    }
}
