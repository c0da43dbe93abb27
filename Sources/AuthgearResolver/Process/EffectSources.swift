import KeySets
import Questions
import Telemetry
import Trust
import Worker

/// What the requests of the workers may wait for, and who is told of them, made for each worker.
struct EffectSources: Sendable {
    let stores: RecordStores
    let keySets: KeySets
    let authgear: AuthgearClient
    let claims: ClaimsClients
    let serverTLS: ServerTLSSource
    let loops: LoopSet
    let refusals: RefusalLog
    let spans: SpanExporter
    let log: LimitedLog

    /// Of the worker with this number; called on its thread.
    func effects(worker number: Int) -> WorkerEffects {
        var effects = stores.effects(worker: number, keysOf: keySets)
        effects.ask(authgear, claims, repliesTo: number, of: loops.mailboxes, log: log)
        effects.serverTLS = { serverTLS.context }
        effects.noteRefusals = refusals.write
        (effects.spans, effects.noteSamples) = (spans.queue, spans.samples.note)
        effects.noteRefusedScheduling = log.note
        return effects
    }
}
