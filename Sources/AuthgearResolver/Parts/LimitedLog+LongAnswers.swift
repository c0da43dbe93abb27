import Authentication
import Logging
import NIOCore
import Telemetry

extension LimitedLog {
    /// Says that answers are too long: sizes and what to do, no byte of a value.
    func note(_ answers: LongAnswers) {
        event(
            .warning, "an answer is too long for the gateway, so whom it is about gets 503 answer_too_long",
            at: NIODeadline.now().uptimeNanoseconds
        ) {
            Logger.Metadata([.reason: answers.last.words])
        }
    }
}
