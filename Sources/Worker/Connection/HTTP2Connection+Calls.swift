import Authentication
import Bytes
import ExtAuthz
import HTTP1
import HTTP2
import JOSE
import Traces

/// What calls are answered with.
private enum CallLines {
    static let head = Array("HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n\r\n".utf8)
    static let trailers = Array("grpc-status: 0\r\n".utf8)
    static let noCall = Array("HTTP/1.1 415 Unsupported Media Type\r\nContent-Length: 0\r\n\r\n".utf8)
    /// What a client's request is refused with; a mode that does not exist is 503.
    static let unavailable = Array("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n".utf8)

    /// Without a message: never an empty one, which Envoy takes for yes.
    static func end(_ status: CallStatus) -> [UInt8] {
        // The only compression that is taken is none.
        let encoding = status == .unimplemented ? "grpc-accept-encoding: identity\r\n" : ""
        return Array(
            "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\ngrpc-status: \(status.code)\r\n\(encoding)\r\n"
                .utf8)
    }
}

// Calls of gRPC (contract section 28).
extension HTTP2Connection {
    func decideCall(of stream: Int, asking fallback: CheckMode, on loop: inout WorkerContext) {
        let call = CallHead(in: state.lines, readingTraces: loop.observer.readsContexts)
        let body = state.takeBody(of: stream)
        guard call.isCall else { return respond(to: stream, with: CallLines.noCall, on: &loop) }
        guard call.method != .other else { return end(stream, .other, .unimplemented, on: &loop) }
        do throws(CallFrame.Fault) {
            let message = body.span.bytes.extracting(try CallFrame.message(in: body.span.bytes))
            if call.method == .health {
                answerHealth(message, of: stream, on: &loop)
            } else {
                check(message, of: stream, by: call, asking: fallback, on: &loop)
            }
        } catch {
            end(stream, call.method, error == .compressed ? .unimplemented : .invalidArgument, on: &loop)
        }
    }

    private func answerHealth(_ message: RawSpan, of stream: Int, on loop: inout WorkerContext) {
        do throws(MalformedMessage) {
            guard try HealthCheck.isAboutUs(message) else { return end(stream, .health, .notFound, on: &loop) }
            send(CallFrame.bytes(of: HealthCheck.response(isServing: !state.isEnding)), of: stream, .health, on: &loop)
        } catch {
            end(stream, .health, .invalidArgument, on: &loop)
        }
    }

    private func check(
        _ message: RawSpan, of stream: Int, by call: CallHead, asking fallback: CheckMode,
        on loop: inout WorkerContext
    ) {
        do throws(CheckReader.Fault) {
            try loop.checks.read(message, within: loop.bounds)
        } catch {
            guard case .refused(let status) = error else { return end(stream, .check, .invalidArgument, on: &loop) }
            loop.figures.count(error: status)
            return deny(stream, with: loop.fixedAnswers.error(status), on: &loop)
        }
        let fields = loop.checks.reader.fields
        do throws(CheckMode.Unknown) {
            let mode = try CheckMode(loop.checks.reader.mode, call.mode, else: fallback)
            var request = ResolveRequest(Endpoint(mode.route), fields: fields.head.fields)
            if let name = mode.policy {
                guard let policy = loop.resolver.policy(named: Array(name.utf8).span.bytes) else {
                    throw CheckMode.Unknown()
                }
                request.policy = policy
            }
            let begun = state.beginning(of: stream) ?? loop.now.steady
            let deadline = call.timeout.map { begun.addingSaturated($0) } ?? .max
            resolve(
                request, in: fields.bytes, for: stream, until: deadline, spelled: loop.checks.reader.spelledNames,
                within: context(of: call), on: &loop)
        } catch {
            loop.figures.notFound += 1
            deny(stream, with: CallLines.unavailable, on: &loop)
        }
    }

    /// The trace that a call is of: what Envoy says of its own call comes before what it hands on of the client's request.
    private func context(of call: CallHead) -> TraceContext? {
        guard let parent = call.traceParent else { return nil }
        return TraceContext(parent: parent.span.bytes, state: call.traceState?.span.bytes)
    }

    /// A request that is refused before it has come whole. What of it is the client's can't be told from what is Envoy's: it is
    /// turned away, so that nobody comes in by being too long or too slow, nor by a field that Envoy hands on beside the message.
    func refuseCall(_ stream: Int, with status: ErrorStatus, on loop: inout WorkerContext) {
        loop.figures.count(error: status)
        let isLong = status == .contentTooLarge
        deny(stream, with: isLong ? loop.fixedAnswers.error(.headerFieldsTooLarge) : CallLines.unavailable, on: &loop)
    }

    private func deny(_ stream: Int, with lines: [UInt8], on loop: inout WorkerContext) {
        loop.compose(lines)
        sendCheck(to: stream, spelled: [], on: &loop)
        loop.answered(since: loop.now.steady)
    }

    /// Sends the answer that was composed.
    func sendCheck(to stream: Int, spelled: [UInt8], on loop: inout WorkerContext) {
        let lines = loop.composed
        send(loop.checks.response(to: lines, spelled: spelled), of: stream, .check, on: &loop)
    }

    private func send(
        _ message: [UInt8], of stream: Int, _ method: CallHead.Method, on loop: inout WorkerContext
    ) {
        loop.figures.calls.count(method, .ok)
        state.respond(
            to: stream, with: CallLines.head.span.bytes, body: message, trailers: CallLines.trailers,
            within: loop.bounds, at: loop.tick)
    }

    private func end(
        _ stream: Int, _ method: CallHead.Method, _ status: CallStatus, on loop: inout WorkerContext
    ) {
        loop.figures.calls.count(method, status)
        respond(to: stream, with: CallLines.end(status), on: &loop)
    }

    private func respond(to stream: Int, with lines: [UInt8], on loop: inout WorkerContext) {
        state.respond(to: stream, with: lines.span.bytes, within: loop.bounds, at: loop.tick)
    }
}
