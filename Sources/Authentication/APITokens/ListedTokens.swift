import Bytes
import JOSE

/// A list of API tokens as one event loop holds it: in memory whose references no other loop counts, with the answers that were
/// given so far.
struct ListedTokens {
    let list: APITokenList
    private let secrets: [ListedSecret]
    private let index: HashIndex
    /// Each secret's, once it was asked for: two of one token end at different times.
    private var answers: [Answer?]

    init(_ list: APITokenList) {
        self.list = list
        secrets = list.secrets.map(\.self)
        index = list.index.copied()
        answers = Array(repeating: nil, count: list.secrets.count)
    }

    /// What the list says of a token.
    enum Listing {
        case unlisted
        case expired
        /// Its answer has to be made first.
        ///
        /// - Parameter secret: its place.
        case unanswered(secret: Int)
        case answer(Answer)
    }

    /// Allocates nothing.
    @inline(__always)
    func find(_ digest: SHA256Digest, at now: Timestamp) -> Listing {
        guard let found = index.place(of: digest, among: secrets) else { return .unlisted }
        // By the clock of each request: a remembered answer ends when its secret does.
        guard now < secrets[found].expiresAt else { return .expired }
        return answers[found].map { .answer($0) } ?? .unanswered(secret: found)
    }

    /// What a secret stands for.
    func token(of secret: Int) -> (token: APIToken, end: Timestamp) {
        (list.tokens[Int(secrets[secret].place)], secrets[secret].expiresAt)
    }

    mutating func remember(_ answer: Answer, of secret: Int) { answers[secret] = answer }

    /// Answers are written in another way from now on.
    mutating func forgetAnswers() { answers = Array(repeating: nil, count: answers.count) }
}
