/// The open streams of a connection, each with a number by which the rest of the worker knows it: small, and given again
/// when its stream has closed.
struct StreamTable {
    private var streams: [RequestStream?] = []
    private var free: [Int] = []
    private(set) var count = 0
    /// How many are still being received.
    private(set) var receiving = 0
    /// How many bytes are kept for all of them.
    private(set) var memory = 0

    /// Adds a stream.
    ///
    /// - Returns: its number.
    mutating func open(_ stream: RequestStream) -> Int {
        count += 1
        receiving += stream.phase == .receiving ? 1 : 0
        memory += stream.memory
        guard let number = free.popLast() else {
            streams.append(stream)
            return streams.count - 1
        }
        streams[number] = stream
        return number
    }

    /// Forgets a stream.
    mutating func close(_ number: Int) -> RequestStream? {
        guard streams.indices.contains(number), let stream = streams[number].take() else { return nil }
        count -= 1
        receiving -= stream.phase == .receiving ? 1 : 0
        memory -= stream.memory
        free.append(number)
        return stream
    }

    /// The stream with a number, if it is open.
    subscript(number: Int) -> RequestStream? { streams.indices.contains(number) ? streams[number] : nil }

    /// Changes a stream, if it is open.
    mutating func update(_ number: Int, _ change: (RequestStream) -> Void) {
        guard let stream = self[number] else { return }
        memory -= stream.memory
        receiving -= stream.phase == .receiving ? 1 : 0
        change(stream)
        memory += stream.memory
        receiving += stream.phase == .receiving ? 1 : 0
    }

    /// The numbers of the streams that have lasted too long in their phase.
    func late(at tick: Int) -> [Int] {
        guard count > 0 else { return [] }
        return streams.indices.filter { (streams[$0]?.deadline ?? .max) <= tick }
    }

    /// When the first incomplete request has lasted too long; nil when there is none.
    var firstDeadline: Int? {
        guard receiving > 0 else { return nil }
        return streams.lazy.compactMap { $0?.phase == .receiving ? $0?.deadline : nil }.min()
    }

    /// The numbers of all streams that are still being received.
    var incomplete: [Int] { streams.indices.filter { streams[$0]?.phase == .receiving } }
}
