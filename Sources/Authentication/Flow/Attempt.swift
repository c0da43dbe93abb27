/// How far one credential has come.
enum Attempt: ~Copyable {
    /// It is valid.
    case answer(Answer)
    /// It is not, or could not be checked, or is no credential, as the findings say: the next one is tried.
    case pass
    case wait(Effect, prefetch: [RecordQuery], Flow)
}
