import Authentication

/// One check of a record, for a person.
struct RecordCheck {
    /// What the credential is refused with when it fails; nil when it can't fail.
    var refusal: RecordRefusal?
    var sentence: CheckSentence
    /// Whether it is the one for which the record counts as missing.
    var isStale = false

    init(_ refusal: RecordRefusal?, _ subject: String, found: String, wanted: String) {
        self.refusal = refusal
        sentence = CheckSentence(subject: subject, found: found, wanted: wanted)
    }
}
