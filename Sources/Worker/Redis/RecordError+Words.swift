package import Authentication
import Redis

extension RecordError {
    /// What is wrong with a record, for a person: no byte of it.
    package var words: String {
        switch self {
        case .tooLarge: "the record is larger than \(ReplyReader.Limits().bytes >> 20) MiB"
        case .notJSON: "the record is not one JSON object"
        case .memberMissing: "the record lacks a member that is needed"
        case .wrongType: "a member of the record has another type than it should"
        case .badTime: "a time in the record is not as RFC 3339 writes it"
        case .kindUnknown: "its session_kind is neither idp_session nor offline_grant"
        case .mismatched:
            "it has another id than was asked for: are replies mixed up on the way, or was it copied to another key?"
        }
    }
}
