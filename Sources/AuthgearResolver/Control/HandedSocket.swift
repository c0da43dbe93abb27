package import EventLoop

/// What the successor of a process says when it has tried its keys and its store, in one line.
enum SuccessorReport: String, CaseIterable, Sendable {
    case ready
    /// It can't answer everybody at this moment. Who runs goes on, unless that is no better off.
    case lacking

    var text: String { "\(rawValue)\n" }

    /// Nil when it is none.
    init?(text: String) {
        guard let report = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = report
    }
}

/// A listening socket that a process hands to its successor, and whether its file is the process' to remove. The reply that it comes with has a word
/// for each, in the order of the descriptors.
package struct HandedSocket: Sendable {
    /// The words of a reply.
    private enum Kind: String {
        /// A Unix socket whose file is the process' own.
        case own
        /// It has no file, or one that is somebody else's.
        case plain
    }

    package let socket: InheritedSocket
    package let ownsFile: Bool

    /// The words for these.
    static func words(for sockets: [ListeningSocket]) -> String {
        sockets.map { ($0.ownsFile ? Kind.own : .plain).rawValue }.joined(separator: " ")
    }

    /// Takes the descriptors, or closes them.
    static func read(
        _ words: String, _ descriptors: [CInt]
    ) throws(Predecessor.Problem) -> [HandedSocket] {
        let kinds = words.split(separator: " ").compactMap { Kind(rawValue: String($0)) }
        let sockets = descriptors.compactMap { try? InheritedSocket(descriptor: $0) }
        guard kinds.count == descriptors.count, sockets.count == descriptors.count, !kinds.isEmpty else {
            for descriptor in descriptors { ListeningSocket.close(descriptor: descriptor) }
            throw .damaged
        }
        return zip(sockets, kinds).map { HandedSocket(socket: $0, ownsFile: $1 == .own) }
    }
}
