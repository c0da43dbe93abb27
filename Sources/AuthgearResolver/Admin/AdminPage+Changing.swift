package import Logging

/// The pages by which the operator changes something, each by POST and with leave.
extension AdminPage {
    /// What comes of a change.
    package enum Outcome: Sendable {
        /// It has happened.
        case done(String)
        /// The request is wrong, and nothing changed.
        case malformed(String)
        /// Nothing changed, because of what is asked for.
        case refused(String)
        /// Nothing changed, or not everywhere, and it may do so later.
        case unavailable(String)
    }

    /// How long a level of the log holds that is not configured.
    package static let levelSpans = Duration.seconds(1) ... .seconds(3_600)
    private static let usualLevelSpan = Duration.seconds(300)

    /// - Parameters:
    ///   - rights: those of the moment.
    ///   - perform: returns when it has happened, or not.
    package static func change(
        _ path: String, rights: @escaping @Sendable () -> ChangeRights,
        perform: @escaping @Sendable (AdminRequest) async -> Outcome
    ) -> AdminPage {
        AdminPage(path, by: .post) { request in
            if let refusal = rights().refusal(of: request) { return AdminAnswer(status: 403, lines: [refusal]) }
            return switch await perform(request) {
            case .done(let words): AdminAnswer(lines: [words])
            case .malformed(let words): AdminAnswer(status: 400, lines: [words])
            case .refused(let words): AdminAnswer(status: 422, lines: [words])
            case .unavailable(let words): AdminAnswer(status: 503, lines: [words])
            }
        }
    }

    /// Has the log say from another level on what happens, for a while.
    package static func logLevel(
        rights: @escaping @Sendable () -> ChangeRights, set: @escaping @Sendable (Logger.Level, Duration) -> Void
    ) -> AdminPage {
        change("/loglevel", rights: rights) { request in
            guard let level = request[parameter: "level"].flatMap(Logger.Level.init(rawValue:)) else {
                let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                return .malformed("level has to be one of \(names)")
            }
            let span = request[parameter: "for"].map { Duration(text: $0) } ?? usualLevelSpan
            guard let span, levelSpans.contains(span) else {
                return .malformed(
                    "for has to be a duration from \(levelSpans.lowerBound.text) to \(levelSpans.upperBound.text), such as 5m"
                )
            }
            set(level, span)
            return .done("the log's level is \(level) for \(span.text)")
        }
    }
}
