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

/// A listening socket that a process hands to its successor, and the file that goes with it. The reply that it comes with has a word for each, in
/// the order of the descriptors.
package struct HandedSocket: Sendable {
    /// A word of a reply.
    private enum Word: CustomStringConvertible {
        /// A Unix socket whose file the process removes that has it: `own:`, the file's device and its number.
        case own(FileIdentity)
        /// It has no file, or one that is somebody else's.
        case plain

        var description: String {
            switch self {
            case .own(let file): "own:\(file.device):\(file.number)"
            case .plain: "plain"
            }
        }

        /// Nil when it is none.
        init?(_ text: Substring) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            if parts.count == 3, parts[0] == "own", let device = UInt(parts[1]), let number = UInt(parts[2]) {
                self = .own(FileIdentity(device: device, number: number))
            } else if text == "plain" {
                self = .plain
            } else {
                return nil
            }
        }

        init(_ file: FileIdentity?) { self = file.map { .own($0) } ?? .plain }

        var file: FileIdentity? {
            if case .own(let file) = self { file } else { nil }
        }
    }

    package let socket: InheritedSocket
    /// Nil where there is none, or it is neither process' to remove.
    package let ownFile: FileIdentity?

    /// The words for these.
    static func words(for sockets: [ListeningSocket]) -> String {
        sockets.map { "\(Word($0.ownFile))" }.joined(separator: " ")
    }

    /// Takes the descriptors, or closes them.
    static func read(
        _ text: String, _ descriptors: [CInt]
    ) throws(Predecessor.Problem) -> [HandedSocket] {
        let words = text.split(separator: " ").compactMap { Word($0) }
        let sockets = descriptors.compactMap { try? InheritedSocket(descriptor: $0) }
        guard words.count == descriptors.count, sockets.count == descriptors.count, !words.isEmpty else {
            for descriptor in descriptors { ListeningSocket.close(descriptor: descriptor) }
            throw .damaged
        }
        return zip(sockets, words).map { HandedSocket(socket: $0, ownFile: $1.file) }
    }
}
