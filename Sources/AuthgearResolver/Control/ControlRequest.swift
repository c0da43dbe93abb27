/// What is asked by `admin.control`: one request a connection, in one line.
package enum ControlRequest: String, CaseIterable, Sendable {
    /// Read the configuration file again.
    case reload
    /// Hand over the sockets that are listened on: what follows is said in `HandOver`.
    case takeOver = "take-over"

    /// Both sides must have the same number: it changes with the meaning of a request or of a reply.
    private static let protocolNumber = 2
    private static let program = "authgear-resolver"

    package var text: String { "\(Self.program) \(Self.protocolNumber) \(rawValue)\n" }

    /// - Parameter text: nil: none has come.
    package init(text: String?) throws(ControlRequestError) {
        let words = (text ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == Self.program, words[2].last == "\n", let number = Int(words[1]) else {
            throw .foreign
        }
        guard number == Self.protocolNumber else { throw .otherProtocol(theirs: number, ours: Self.protocolNumber) }
        guard let request = Self(rawValue: String(words[2].dropLast())) else { throw .unknown }
        self = request
    }
}

/// Why a text is no request.
package enum ControlRequestError: Error, Hashable, CustomStringConvertible {
    case foreign
    case otherProtocol(theirs: Int, ours: Int)
    case unknown

    package var description: String {
        switch self {
        case .foreign:
            "the request is none of \(Version.program)'s: is authgear-resolver of another version? Stop and start it"
        case .otherProtocol(let theirs, let ours):
            "it speaks protocol \(ours) here (\(Version.program)), and the request is of protocol \(theirs): stop and start it"
        case .unknown: "\(Version.program) does not know the request: stop and start it"
        }
    }
}

/// The reply: its kind in the first line, what a person is to read in the others.
struct ControlReply: Hashable, Sendable {
    enum Kind: String, Sendable {
        case done
        /// Nothing changed.
        case refused
        /// The process can't do it now, or not all of it.
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
