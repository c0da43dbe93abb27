/// A finished answer, and what it rests on.
struct CachedAnswer {
    let answer: Answer
    let evidence: Evidence
}
