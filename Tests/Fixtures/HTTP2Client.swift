import CNghttp2

/// A client of HTTP/2 without a socket: the bytes of its requests out, those of the answers in.
@safe package final class HTTP2Client {
    /// What has come of an answer.
    package struct Answer: Equatable, Sendable {
        package var status = 0
        /// `name: value`, in order, without `date` and `content-length: 0`.
        package var fields: [String] = []
        package var body: [UInt8] = []
        package var trailers: [String] = []
        /// The whole answer has come.
        package var isWhole = false
        /// `100 Continue` came before it.
        package var hasContinued = false
        /// The code of the reset that ended it.
        package var reset: UInt32?

        package init() {}

        package func value(_ name: String) -> String? {
            (fields + trailers).first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    private let session: OpaquePointer
    package fileprivate(set) var answers: [Int32: Answer] = [:]
    /// The codes of the GOAWAY frames that came, and the last streams that they name.
    package fileprivate(set) var goAways: [(code: UInt32, last: Int32)] = []
    fileprivate var bodies: [Int32: (bytes: [UInt8], isLast: Bool)] = [:]

    package init() {
        var callbacks: OpaquePointer?
        unsafe nghttp2_session_callbacks_new(&callbacks)
        unsafe Self.set(callbacks)
        let place = UnsafeMutablePointer<OpaquePointer?>.allocate(capacity: 1)
        unsafe place.initialize(to: nil)
        defer { unsafe place.deallocate() }
        var options: OpaquePointer?
        unsafe nghttp2_option_new(&options)
        unsafe nghttp2_option_set_peer_max_concurrent_streams(options, 1 << 20)
        unsafe nghttp2_session_client_new2(place, callbacks, nil, options)
        unsafe nghttp2_option_del(options)
        unsafe nghttp2_session_callbacks_del(callbacks)
        guard let made = unsafe place.pointee else { preconditionFailure("no memory") }
        unsafe session = made
        unsafe nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        unsafe nghttp2_submit_settings(session, 0, nil, 0)
    }

    deinit {
        unsafe nghttp2_session_del(session)
    }

    /// Begins a request.
    ///
    /// - Parameters:
    ///   - body: nil: none.
    ///   - isWhole: whether the body ends.
    /// - Returns: its stream.
    @discardableResult
    package func request(
        _ path: String = "/resolve", method: String = "GET", _ fields: [(String, String)] = [], body: [UInt8]? = nil,
        isWhole: Bool = true
    ) -> Int32 {
        request(
            list: [(":method", method), (":scheme", "http"), (":authority", "a"), (":path", path)] + fields, body: body,
            isWhole: isWhole)
    }

    @discardableResult
    package func request(list: [(String, String)], body: [UInt8]? = nil, isWhole: Bool = true) -> Int32 {
        let parts = list.map { (Array($0.utf8), Array($1.utf8)) }
        var bytes: [UInt8] = []
        for (name, value) in parts { bytes += name + value }
        let id = unsafe bytes.withUnsafeMutableBufferPointer { bytes -> Int32 in
            var offset = 0
            var fields: [nghttp2_nv] = unsafe []
            for (name, value) in parts {
                let start = unsafe bytes.baseAddress.map { unsafe $0 + offset }
                let middle = unsafe bytes.baseAddress.map { unsafe $0 + offset + name.count }
                unsafe fields.append(
                    nghttp2_nv(name: start, value: middle, namelen: name.count, valuelen: value.count, flags: 0))
                offset += name.count + value.count
            }
            var provider = unsafe nghttp2_data_provider()
            unsafe provider.read_callback = { _, id, buffer, length, flags, _, context in
                unsafe HTTP2Client.read(id, buffer, length, flags, context)
            }
            return unsafe withUnsafePointer(to: &provider) { provider in
                unsafe nghttp2_submit_request(
                    session, nil, fields, fields.count, body == nil ? nil : provider, nil)
            }
        }
        if let body { bodies[id] = (body, isWhole) }
        return id
    }

    package func reset(_ id: Int32, code: UInt32 = 8) {
        _ = unsafe nghttp2_submit_rst_stream(session, 0, id, code)
    }

    /// What it sends now.
    package func output() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            var start: UnsafePointer<UInt8>?
            let count = unsafe nghttp2_session_mem_send(session, &start)
            guard count > 0 else { return all }
            unsafe all.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
        }
    }

    /// Takes what came.
    ///
    /// - Returns: whether it was HTTP/2.
    @discardableResult
    package func receive(_ bytes: [UInt8]) -> Bool {
        unsafe nghttp2_session_mem_recv(session, bytes, bytes.count) == bytes.count
    }

    package func answer(_ id: Int32) -> Answer { answers[id] ?? Answer() }
}

// What the codec tells.
extension HTTP2Client {
    private static func client(_ context: UnsafeMutableRawPointer?) -> HTTP2Client? {
        unsafe context.map { unsafe Unmanaged<HTTP2Client>.fromOpaque($0).takeUnretainedValue() }
    }

    fileprivate static func read(
        _ id: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ length: Int, _ flags: UnsafeMutablePointer<UInt32>?,
        _ context: UnsafeMutableRawPointer?
    ) -> Int {
        guard let client = unsafe client(context), var body = client.bodies[id] else { return 0 }
        let count = min(length, body.bytes.count)
        guard count > 0 || body.isLast else { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
        for (offset, byte) in body.bytes.prefix(count).enumerated() { unsafe buffer?[offset] = byte }
        body.bytes.removeFirst(count)
        client.bodies[id] = body
        if body.bytes.isEmpty, body.isLast { unsafe flags?.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue) }
        return count
    }

    private static func set(_ callbacks: OpaquePointer?) {
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, length, value, count, _, context in
            let name = unsafe String(decoding: UnsafeBufferPointer(start: name, count: length), as: UTF8.self)
            let value = unsafe String(decoding: UnsafeBufferPointer(start: value, count: count), as: UTF8.self)
            guard let client = unsafe HTTP2Client.client(context), let id = unsafe frame?.pointee.hd.stream_id else {
                return 0
            }
            client.answers[id, default: Answer()].add(name, value)
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
            _, _, id, bytes, count, context in
            let bytes = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
            unsafe HTTP2Client.client(context)?.answers[id, default: Answer()].body += bytes
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, context in
            guard let client = unsafe HTTP2Client.client(context) else { return 0 }
            client.answers[id, default: Answer()].isWhole = code == 0
            if code != 0 { client.answers[id]?.reset = code }
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, context in
            guard let client = unsafe HTTP2Client.client(context), let frame = unsafe frame?.pointee,
                unsafe frame.hd.type == UInt8(NGHTTP2_GOAWAY.rawValue)
            else { return 0 }
            unsafe client.goAways.append((frame.goaway.error_code, frame.goaway.last_stream_id))
            return 0
        }
    }
}

extension HTTP2Client.Answer {
    fileprivate mutating func add(_ name: String, _ value: String) {
        if name == ":status" {
            if status == 100 { hasContinued = true }
            status = Int(value) ?? 0
        } else if !body.isEmpty {
            trailers.append("\(name): \(value)")
        } else if name != "date", (name, value) != ("content-length", "0") {
            fields.append("\(name): \(value)")
        }
    }
}
