package import Authentication
import NIOConcurrencyHelpers
import Trust

/// The API tokens of the moment, and what is known of the file that lists them. One for the process; all workers are given what it
/// has.
package final class APITokenSource: Sendable {
    fileprivate struct State {
        /// What was read last, whatever came of it; nil where no API tokens are configured.
        var reading: APITokenFile.Reading?
        /// The last list that could be read.
        var list: APITokenList?
        var figures = APITokenFigures()
    }

    /// What came of reading the file again.
    package enum Change {
        /// The same as before.
        case none
        case list(count: Int)
        case refused(ConfigurationError)
    }

    private let state = NIOLockedValueBox(State())

    /// - Parameter reading: the file's, without errors; nil where no API tokens are configured.
    package init(_ reading: APITokenFile.Reading?) { _ = adopt(reading) }

    /// Nil where no API tokens are configured.
    package var list: APITokenList? { state.withLockedValue(\.list) }

    /// The file that is looked at, and what was read of it last.
    var reading: APITokenFile.Reading? { state.withLockedValue(\.reading) }

    package var figures: APITokenFigures {
        state.withLockedValue { state in
            var figures = state.figures
            figures.count = state.list?.tokens.count ?? 0
            return figures
        }
    }

    /// What is wrong with the file, while the list of before serves on.
    package var problem: String? {
        state.withLockedValue { state in
            guard case .failure(let error) = state.reading?.tokens, let first = error.problems.first else { return nil }
            let more = error.problems.count > 1 ? " (and \(error.problems.count - 1) more)" : ""
            return "api tokens: \(error.file):\(first.line)\(more); the list of before holds"
        }
    }

    /// Takes what a configuration names; of the same file that can't be read any more the list of before stays.
    @discardableResult
    package func adopt(_ reading: APITokenFile.Reading?) -> Change {
        state.withLockedValue { state in
            if state.reading?.file != reading?.file { state = State() }
            return reading.map { state.take($0) } ?? .none
        }
    }

    /// Takes what was read of the file again, unless another one is looked at by now.
    @discardableResult
    package func update(_ reading: APITokenFile.Reading) -> Change {
        state.withLockedValue { state in state.reading?.file == reading.file ? state.take(reading) : .none }
    }
}

extension APITokenSource.State {
    fileprivate mutating func take(_ reading: APITokenFile.Reading) -> APITokenSource.Change {
        let former = self.reading
        // A reload and who looks at the file may read it at the same time: neither undoes what the other one saw later.
        if let former, reading.began < former.began { return .none }
        self.reading = reading
        switch reading.tokens {
        case .success(let tokens):
            figures.isRefused = false
            // The same bytes as those that were read last are the same list.
            if case .success = former?.tokens, former?.digest == reading.digest { return .none }
            figures.done += 1
            list = APITokenList(tokens)
            return .list(count: tokens.count)
        case .failure(let error):
            figures.isRefused = true
            if case .failure(let known) = former?.tokens, known == error { return .none }
            figures.refused += 1
            return .refused(error)
        }
    }
}

/// How many API tokens there are, and how reading their file went, for `/metrics`.
package struct APITokenFigures: Sendable {
    package var count = 0
    /// Whether the file has an error, so that an older list holds.
    package var isRefused = false
    /// How often a list was taken, the first one included, and refused.
    package var done = 0
    package var refused = 0

    package init() {}
}

extension Configuration {
    /// What the file of API tokens holds; nil where none are configured.
    ///
    /// - Parameter known: what was read before.
    package func readAPITokens(after known: APITokenFile.Reading? = nil) -> APITokenFile.Reading? {
        tokens.own.map { APITokenFile(path: $0.file).read(after: known) }
    }
}
