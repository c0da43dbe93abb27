import Bytes
import JOSE
import NIOCore
import Trust

/// One issuer's schedule, and what is known of its keys. Confined to the refresher's event loop.
final class IssuerRefresh {
    typealias Reply = @Sendable (KeyReply) -> Void

    /// Its own for as long as the process runs.
    let number: Int
    let source: KeySource
    /// What its keys are published under: another one when the issuer's terms changed.
    var id = IssuerID(0)
    /// Whether nobody is answered before its keys have come, as at the start; who came later is no reason to stop answering others.
    var isAwaited = false
    /// As they are published.
    var keys = IssuerKeys(set: nil, usableUntil: .min)
    var schedule: RefreshSchedule<Reply>
    /// The timer for the schedule's next moment, and when it fires.
    var timer: (task: Scheduled<Void>, at: NIODeadline)?
    /// What the file looked like when it was last read, whatever came of it.
    var stamp: FileStamp?
    /// When a fetch last confirmed the set, on the steady clock; nil until the first succeeded. One by the process before this one may
    /// have been before the clock's zero.
    var confirmedAt: Int64?
    /// Where the set came from; nil while there is none.
    var origin: KeyOrigin?
    /// What of the set outlives the process; nil where nothing does.
    var kept: KeptSet?
    /// Why the last fetch failed; nil after one that succeeded.
    var failure: FetchFailure?
    var fetches: [FetchResult: Int] = [:]

    init(number: Int, source: KeySource, wait: TimeAmount, memory: Int) {
        self.number = number
        self.source = source
        schedule = RefreshSchedule(
            pace: source.isFile ? .file(wait: wait) : .remote(wait: wait), memory: memory)
    }

    /// Whether its schedule was started.
    var hasBegun: Bool { schedule.hasStarted }

    func status(now: NIODeadline) -> IssuerStatus {
        IssuerStatus(
            issuer: source.issuer, age: confirmedAt.map { .nanoseconds(now.steady - $0) }, origin: origin,
            usableUntil: keys.set.map { _ in keys.usableUntil }, nextFetch: schedule.nextFetch?.steady,
            keys: keys.set?.keys.count ?? 0, skipped: keys.set?.skipped.count ?? 0,
            fetches: fetches, problem: problem(now: now), isTried: failure != nil || keys.set != nil,
            isNew: keys.set == nil && !isAwaited, place: source.place, failure: failure.map { "\($0)" })
    }

    private func problem(now: NIODeadline) -> String? {
        let reason = failure.map { ": \($0)" } ?? ""
        if keys.set == nil { return "no keys yet from \(source.place)\(reason)" }
        if keys.usableUntil <= now.steady { return "keys from \(source.place) are too old\(reason)" }
        return nil
    }
}

/// What `/readyz` and `/metrics` say about one issuer's keys.
package struct IssuerStatus: Sendable {
    /// The issuer's identifier, from the configuration.
    package var issuer: String
    /// How long ago a fetch last confirmed the set; nil when none has.
    package var age: Duration?
    /// Where the set came from; nil while there is none.
    package var origin: KeyOrigin?
    /// Until when the set may be used unless a fetch confirms it, on the steady clock, in nanoseconds; nil while there is none.
    package var usableUntil: Int64?
    /// When the next fetch is due without anybody asking, on the same clock; of one that runs, when it was due. Nil before the start
    /// and from the end on.
    package var nextFetch: Int64?
    package var keys: Int
    /// Keys of the set that can't be used.
    package var skipped: Int
    /// Fetches by result; a result that never came is not in it.
    package var fetches: [FetchResult: Int]
    /// Why tokens of this issuer can't be verified now, in words; nil when they can.
    package var problem: String?
    /// Whether a fetch has come to an end since the start, or the process before this one has left keys.
    package var isTried: Bool
    /// Whether it came by a reload, and has had no keys yet.
    package var isNew: Bool
    /// Where its keys come from: a URL without its query, or a path.
    package var place: String
    /// Why the last fetch failed, in words; nil after one that succeeded.
    package var failure: String?

    package init(
        issuer: String, age: Duration? = nil, origin: KeyOrigin? = nil, usableUntil: Int64? = nil,
        nextFetch: Int64? = nil, keys: Int, skipped: Int, fetches: [FetchResult: Int], problem: String? = nil,
        isTried: Bool = true, isNew: Bool = false, place: String = "", failure: String? = nil
    ) {
        self.issuer = issuer
        self.age = age
        self.origin = origin
        (self.usableUntil, self.nextFetch) = (usableUntil, nextFetch)
        self.keys = keys
        self.skipped = skipped
        self.fetches = fetches
        self.problem = problem
        self.isTried = isTried
        self.isNew = isNew
        (self.place, self.failure) = (place, failure)
    }
}

/// Where an issuer's keys came from: the `source` label.
package enum KeyOrigin: String, CaseIterable, Sendable {
    /// The issuer said so to this process.
    case fetch
    /// To a process before it, which kept them.
    case snapshot
}

extension NIODeadline {
    /// The same as the listeners' steady clock has it, in nanoseconds.
    var steady: Int64 { Int64(clamping: uptimeNanoseconds) }
}
