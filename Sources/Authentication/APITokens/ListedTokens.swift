import Bytes
import JOSE

/// A list of API tokens as one event loop holds it: in memory whose references no other loop counts, with the answers that were
/// given so far.
struct ListedTokens {
    let list: APITokenList
    private let secrets: [ListedSecret]
    private let index: HashIndex
    /// Each token's, once it was asked for.
    private var answers: [Answer?]

    init(_ list: APITokenList) {
        self.list = list
        secrets = list.secrets.map(\.self)
        index = list.index.copied()
        answers = Array(repeating: nil, count: list.tokens.count)
    }

    /// What the list says of a token.
    enum Listing {
        case unlisted
        case expired
        /// Its answer has to be made first.
        case unanswered(place: Int)
        case answer(Answer)
    }

    /// Allocates nothing.
    @inline(__always)
    func find(_ digest: SHA256Digest, at now: Timestamp) -> Listing {
        guard let found = index.place(of: digest, among: secrets) else { return .unlisted }
        // By the clock of each request: a remembered answer ends when its secret does.
        guard now < secrets[found].expiresAt else { return .expired }
        let place = Int(secrets[found].place)
        return answers[place].map { .answer($0) } ?? .unanswered(place: place)
    }

    mutating func remember(_ answer: Answer, at place: Int) { answers[place] = answer }

    /// Answers are written in another way from now on.
    mutating func forgetAnswers() { answers = Array(repeating: nil, count: answers.count) }
}
