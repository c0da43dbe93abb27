package import JOSE

/// What came of an effect.
package enum EffectReply: Sendable {
    case record(RecordReply)
    case key(KeyReply)
    case question(AuthgearReply)
}
