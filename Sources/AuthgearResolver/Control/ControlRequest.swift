/// What is asked by `admin.control`: one request a connection, in one line.
enum ControlRequest: String, CaseIterable, Sendable {
    /// Read the configuration file again.
    case reload

    /// Both sides must have the same number: it changes with the meaning of a request or of a reply.
    private static let protocolNumber = 1

    var text: String { "authgear-resolver \(Self.protocolNumber) \(rawValue)\n" }

    /// Nil when it is none, or another protocol's.
    init?(text: String) {
        guard let request = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = request
    }
}

/// The reply: its kind in the first line, what a person is to read in the others.
struct ControlReply: Hashable, Sendable {
    enum Kind: String, Sendable {
        case done
        /// Nothing changed.
        case refused
        /// The process can't do it now; nothing changed.
        case unavailable
    }

    var kind: Kind
    var words: String

    init(_ kind: Kind, _ words: String) {
        self.kind = kind
        self.words = words
    }

    var text: String { "\(kind.rawValue)\n\(words)\n" }

    /// Nil when it is none.
    init?(text: String) {
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), parts[1].last == "\n" else { return nil }
        self.init(kind, String(parts[1].dropLast()))
    }
}
