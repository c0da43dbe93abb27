import Bytes
import CNghttp2
import HTTP1

/// The server's side of libnghttp2's session: frames, header compression, states of streams, flow control.
///
/// It is fed one frame at a time. What it tells is written into the `Reception`, which it owns: the codec's callbacks get a pointer
/// to it, and do nothing but to hand on.
@safe struct CodecSession: ~Copyable {
    private let session: OpaquePointer
    private let reception: UnsafeMutablePointer<Reception>

    /// The client went on against the protocol in a way that leaves nothing to say, or there is no memory.
    struct Failure: Error {}

    init(_ bounds: ConnectionBounds, isRaw: Bool) {
        let reception = UnsafeMutablePointer<Reception>.allocate(capacity: 1)
        unsafe reception.initialize(to: Reception(bounds, isRaw: isRaw))
        var session: OpaquePointer?
        let callbacks = unsafe Self.callbacks()
        let options = unsafe Self.options()
        let code = unsafe nghttp2_session_server_new2(&session, callbacks, reception, options)
        unsafe nghttp2_session_callbacks_del(callbacks)
        unsafe nghttp2_option_del(options)
        guard code == 0, let session = unsafe session else {
            preconditionFailure("the system has no memory left for a connection's state")
        }
        unsafe (self.session, self.reception) = (session, reception)
        announce(bounds)
    }

    deinit {
        unsafe nghttp2_session_del(session)
        unsafe reception.deinitialize(count: 1)
        unsafe reception.deallocate()
    }

    /// The most streams of a connection at once (contract section 27).
    static let maximumStreams: UInt32 = 1_024

    private func announce(_ bounds: ConnectionBounds) {
        func setting(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
            nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
        }
        let settings = [
            setting(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, Int(Self.maximumStreams)),
            setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, bounds.headerBytes),
            // Priorities of RFC 7540 are not kept (RFC 9218 section 2.1): answers leave as they are decided on.
            setting(nghttp2_settings_id(rawValue: 9), 1),
        ]
        let code = unsafe nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
        precondition(code == 0, "the settings are those that a server may send")
    }

    private static func options() -> OpaquePointer? {
        var options: OpaquePointer?
        unsafe nghttp2_option_new(&options)
        // Closed streams are not remembered: priorities are not kept.
        unsafe nghttp2_option_set_no_closed_streams(options, 1)
        // Counted in `SplitHeaders`; the library's own bound, eight, is less than a list may need, and ends the connection without a word.
        unsafe nghttp2_option_set_max_continuations(options, 1 << 10)
        // Ours is counted in `ResetGauge`; the library's own is what it ends with INTERNAL_ERROR.
        unsafe nghttp2_option_set_stream_reset_rate_limit(options, 1 << 20, 1 << 20)
        return unsafe options
    }

    var state: Reception {
        unsafeAddress { unsafe UnsafePointer(reception) }
        nonmutating unsafeMutableAddress { unsafe reception }
    }
}

// From the client.
extension CodecSession {
    /// Takes bytes of one frame.
    func feed(_ bytes: RawSpan) throws(Failure) {
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe nghttp2_session_mem_recv(
                session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        guard count == bytes.byteCount else { throw Failure() }
    }

    /// Whether a stream of the client's is open.
    func hasOpen(_ id: Int32) -> Bool { unsafe Self.number(of: id, in: session) != nil }

    /// Whether it has ended: nothing is read any more, and nothing is left to send.
    var isOver: Bool {
        unsafe nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }
}

// To the client.
extension CodecSession {
    /// What is to be sent next; empty when there is nothing. Good until the next call.
    @_lifetime(borrow self)
    func nextOutput() -> RawSpan {
        var start: UnsafePointer<UInt8>?
        let count = unsafe nghttp2_session_mem_send(session, &start)
        guard count > 0, let start = unsafe start else { return RawSpan() }
        let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Answers with a header list, and with the stream's body and trailers where there are any.
    func respond(to number: Int, _ fields: borrowing HeaderList) {
        guard let stream = state.streams[number] else { return }
        var provider = unsafe nghttp2_data_provider()
        unsafe provider.source.ptr = Self.pointer(to: number)
        unsafe provider.read_callback = { session, _, buffer, length, flags, source, context in
            unsafe CodecSession.readBody(session, into: buffer, length, flags, source, context)
        }
        let hasBody = !stream.trailers.isEmpty
        _ = unsafe withUnsafePointer(to: &provider) { provider in
            unsafe nghttp2_submit_response(
                session, stream.id, fields.start, fields.count, hasBody ? provider : nil)
        }
    }

    /// `100 Continue`.
    func proceed(with number: Int, _ fields: borrowing HeaderList) {
        guard let stream = state.streams[number] else { return }
        _ = unsafe nghttp2_submit_headers(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, nil, fields.start, fields.count, nil)
    }

    /// Wants nothing more of a stream that is answered (RFC 9113 section 8.1), or gives it up.
    func reset(_ id: Int32, as code: nghttp2_error_code) {
        _ = unsafe nghttp2_submit_rst_stream(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, UInt32(code.rawValue))
    }

    /// Says that the connection will end, before it refuses what the client has already sent (RFC 9113 section 6.8).
    func announceEnd() { _ = unsafe nghttp2_submit_shutdown_notice(session) }

    /// Takes no more streams: those that there are go on.
    func refuseStreams(as code: nghttp2_error_code = NGHTTP2_NO_ERROR) {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(session)
        _ = unsafe nghttp2_submit_goaway(
            session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, UInt32(code.rawValue), nil, 0)
    }

    /// Ends the connection for what the client did.
    func terminate(as code: nghttp2_error_code) {
        _ = unsafe nghttp2_session_terminate_session(session, UInt32(code.rawValue))
    }

    private static func pointer(to number: Int) -> UnsafeMutableRawPointer? {
        unsafe UnsafeMutableRawPointer(bitPattern: number + 1)
    }

    /// Gives the codec a part of a body, and the trailers behind the last one.
    private static func readBody(
        _ session: OpaquePointer?, into buffer: UnsafeMutablePointer<UInt8>?, _ length: Int,
        _ flags: UnsafeMutablePointer<UInt32>?, _ source: UnsafeMutablePointer<nghttp2_data_source>?,
        _ context: UnsafeMutableRawPointer?
    ) -> Int {
        let reception = unsafe context?.assumingMemoryBound(to: Reception.self)
        let number = unsafe Int(bitPattern: source?.pointee.ptr) - 1
        guard let reception = unsafe reception, let buffer = unsafe buffer, let flags = unsafe flags,
            let stream = unsafe reception.pointee.streams[number]
        else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        let count = min(length, stream.body.count - stream.count)
        unsafe stream.body.withUnsafeBytes { body in
            guard count > 0, let base = body.baseAddress else { return }
            unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: base + stream.count, byteCount: count)
        }
        unsafe reception.pointee.streams.update(number) { $0.count += count }
        guard stream.count == stream.body.count else { return count }
        unsafe flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        unsafe reception.pointee.trailers.set(to: stream.trailers.span.bytes, hasStatus: false)
        _ = unsafe nghttp2_submit_trailer(
            session, stream.id, reception.pointee.trailers.start, reception.pointee.trailers.count)
        return count
    }
}

// What the codec tells.
extension CodecSession {
    private static func callbacks() -> OpaquePointer? {
        var callbacks: OpaquePointer?
        unsafe nghttp2_session_callbacks_new(&callbacks)
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { session, frame, context in
            unsafe CodecSession.begin(session, frame, context)
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, _, name, length, value, count, _, context in
            guard let reception = unsafe context?.assumingMemoryBound(to: Reception.self) else { return 0 }
            let name = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: name, count: length))
            let value = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: value, count: count))
            let isWanted = unsafe reception.pointee.add(name: name, value: value)
            // Else the rest of the list is only decompressed, and its stream is reset.
            return isWanted ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        // A field that may not be makes the request malformed (RFC 9113 section 8.1.1): its stream is reset.
        unsafe nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks) { _, _, _, _, _, _, _, _ in
            NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { session, frame, context in
            unsafe CodecSession.receive(session, frame, context)
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            session, _, id, bytes, count, context in
            guard let reception = unsafe context?.assumingMemoryBound(to: Reception.self),
                let number = unsafe CodecSession.number(of: id, in: session)
            else { return 0 }
            let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: bytes, count: count))
            unsafe reception.pointee.addBody(bytes, to: number)
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { session, frame, context in
            unsafe CodecSession.sent(session, frame, context)
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { session, id, _, context in
            guard let reception = unsafe context?.assumingMemoryBound(to: Reception.self),
                let number = unsafe CodecSession.number(of: id, in: session)
            else { return 0 }
            unsafe reception.pointee.close(number)
            return 0
        }
        return unsafe callbacks
    }

    private static func number(of id: Int32, in session: OpaquePointer?) -> Int? {
        guard let mark = unsafe nghttp2_session_get_stream_user_data(session, id) else { return nil }
        return Int(bitPattern: mark) - 1
    }

    private static func begin(
        _ session: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?, _ context: UnsafeMutableRawPointer?
    ) -> CInt {
        guard let frame = unsafe frame?.pointee, unsafe frame.hd.type == UInt8(NGHTTP2_HEADERS.rawValue),
            let reception = unsafe context?.assumingMemoryBound(to: Reception.self)
        else { return 0 }
        guard unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST else {
            unsafe reception.pointee.beginTrailers()
            return 0
        }
        let number = unsafe reception.pointee.beginRequest(id: frame.hd.stream_id)
        return unsafe nghttp2_session_set_stream_user_data(session, frame.hd.stream_id, pointer(to: number))
    }

    private static func receive(
        _ session: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?, _ context: UnsafeMutableRawPointer?
    ) -> CInt {
        guard let frame = unsafe frame, let reception = unsafe context?.assumingMemoryBound(to: Reception.self)
        else { return 0 }
        let header = unsafe frame.pointee.hd
        let isLast = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue where unsafe frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST:
            unsafe reception.pointee.endList(isWhole: isLast)
        case NGHTTP2_HEADERS.rawValue where isLast, NGHTTP2_DATA.rawValue where isLast:
            if let number = unsafe number(of: header.stream_id, in: session) {
                unsafe reception.pointee.endBody(of: number)
            }
        case NGHTTP2_RST_STREAM.rawValue: unsafe reception.pointee.noteReset()
        default: break
        }
        return 0
    }

    private static func sent(
        _ session: OpaquePointer?, _ frame: UnsafePointer<nghttp2_frame>?, _ context: UnsafeMutableRawPointer?
    ) -> CInt {
        guard let frame = unsafe frame, let reception = unsafe context?.assumingMemoryBound(to: Reception.self)
        else { return 0 }
        let header = unsafe frame.pointee.hd
        switch UInt32(header.type) {
        case NGHTTP2_RST_STREAM.rawValue where unsafe frame.pointee.rst_stream.error_code != 0:
            unsafe reception.pointee.noteReset()
        case NGHTTP2_HEADERS.rawValue where header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0:
            // Still there: its request has not come whole.
            if unsafe nghttp2_session_get_stream_remote_close(session, header.stream_id) == 0 {
                unsafe reception.pointee.answeredEarly.append(header.stream_id)
            }
        default: break
        }
        return 0
    }
}
