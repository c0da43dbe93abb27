import Authentication

/// How an attempt to ask Authgear ended.
struct AuthgearOutcome: Sendable {
    var result: QuestionResult
    /// What is wrong; nil when nothing is.
    var problem: AuthgearProblem?
}
