import Bytes

/// How answers are handed to gateways that need more than the headers that have a value (contract section 25).
package struct DeliveryRules: Hashable, Sendable {
    /// What becomes of a header that has no value, in an answer that lets the request in.
    package enum Absence: String, CaseIterable, Sendable {
        case omit
        /// It is there, and empty.
        case empty
    }

    /// How a gateway is told which fields of the client's to take away.
    package enum Removal: String, CaseIterable, Sendable {
        /// It is not: its own configuration says so.
        case none
        /// In `x-envoy-auth-headers-to-remove`.
        case envoy
    }

    /// Whether a 503 says why in `x-authgear-resolver-error`.
    package enum ErrorHeader: String, CaseIterable, Sendable {
        case send
        case omit
    }

    /// The headers that only the resolver may write, those of the configuration included, in lower case.
    package var names: [String]
    package var absence: Absence
    package var removal: Removal
    package var errorHeader: ErrorHeader
    /// Whether a preflight without a credential is let in (contract section 26).
    package var allowsPreflights: Bool

    package init(
        names: [String] = [], absence: Absence = .omit, removal: Removal = .none, errorHeader: ErrorHeader = .send,
        allowsPreflights: Bool = false
    ) {
        self.names = names
        self.absence = absence
        self.removal = removal
        self.errorHeader = errorHeader
        self.allowsPreflights = allowsPreflights
    }

    /// Whether an answer is looked at again when it is given.
    var concludes: Bool { absence == .empty || removal == .envoy || allowsPreflights }

    /// The headers that answers have in any case which are the same for everybody.
    var completion: [String] { absence == .empty ? names : [] }

    /// The headers that remembered answers have in any case; what comes beside them is not among those.
    ///
    /// - Parameter assertion: the header that is added to each of them; nil: none is.
    package func completion(beside assertion: String?) -> [String] {
        completion.filter { $0 != assertion && !AnswerHeaders.ofPolicies.contains($0) }
    }
}

/// The names of a request's fields that a backend may take for those of ours, though they are spelled otherwise: with another
/// character than `-` between the words, or of another thing behind `x-authgear-`.
struct SpelledNames: Sendable {
    /// The most bytes of them that are kept.
    private static let limit = 8 << 10

    /// The names that are spelled as they should be, in lower case: by these the others were looked for.
    let own: [String]
    /// In lower case, each once, in the order in which they came.
    private(set) var names: [String] = []
    /// How long they are together, each with a comma.
    private(set) var length = 0
    /// Set when there were more than are kept.
    private(set) var areTooMany = false

    /// - Parameters:
    ///   - head: whose lines after the first are fields (RFC 9112 section 2.1).
    ///   - own: the names that are spelled as they should be, in lower case.
    init(in head: RawSpan, besides own: [String]) {
        self.own = own
        var start = Self.nextLine(in: head, from: 0)
        while start < head.byteCount {
            let end = head.firstIndex(of: UInt8(ascii: ":"), from: start) ?? head.byteCount
            add(head.extracting(start..<end), besides: own)
            start = Self.nextLine(in: head, from: end)
        }
    }

    private mutating func add(_ name: RawSpan, besides own: [String]) {
        let lowercased = [UInt8](copying: name).map(\.lowercased)
        let normalized = String(decoding: lowercased.map { $0.isLetterOrDigit ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
        let spelled = String(decoding: lowercased, as: UTF8.self)
        guard normalized.hasPrefix("x-authgear-") || own.contains(normalized), !own.contains(spelled),
            !names.contains(spelled)
        else { return }
        length += lowercased.count + 1
        guard length <= Self.limit else { return areTooMany = true }
        names.append(spelled)
    }

    /// Where the line behind the next line break begins.
    private static func nextLine(in head: RawSpan, from start: Int) -> Int {
        head.firstIndex(of: UInt8(ascii: "\n"), from: start).map { $0 + 1 } ?? head.byteCount
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
