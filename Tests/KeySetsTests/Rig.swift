import Bytes
import JOSE
import KeySets
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Telemetry

/// Key sets whose clock, fetches and event loop the test holds in its hands; what they do comes as events, in order.
final class Rig: Sendable {
    enum Event: Equatable {
        case fetch(Int)
        /// The `kid`s of each issuer's set, and until when the first one is usable, in seconds.
        case published([[String]?], until: Int64)
        case reply(String, KeyReply)
        case log(Logger.Level, String)
        /// The `kid`s of each issuer's set, and the number that each has now.
        case handedOver([[String]?], ids: [UInt32])
        /// The number of each issuer whose keys are to outlive the process, and how many seconds before now they were confirmed.
        case kept([Kept])
    }

    struct Kept: Equatable {
        var issuer: Int
        var age: Int64
    }

    /// What the civil clock says when the loop's is zero.
    static let civilStart = Timestamp(seconds: 1_800_000_000)

    let loop = NIOAsyncTestingEventLoop()
    let keySets: KeySets
    private let events: AsyncStream<Event>
    private let desk: FetchDesk

    private let ring = NIOLockedValueBox<KeyRing?>(nil)

    /// - Parameter ages: how many seconds before the start the keys `kept` of each issuer were confirmed, that the process before had;
    ///   empty: keys don't outlive a process.
    init(
        issuers: Int = 1, maxStale: Duration = .seconds(86_400), file: Bool = false, kept ages: [Int64?] = [],
        withTable: @escaping KeySets.WithTable = { $0.withTable() }
    ) {
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        let desk = FetchDesk { continuation.yield(.fetch($0)) }
        let sources = (0..<issuers).map { Self.source($0, file: file) }
        self.events = events
        self.desk = desk
        keySets = KeySets(
            .init(sources: sources, maxStale: maxStale, wait: .seconds(1)),
            keeping: Self.keeping(sources, ages, loop) { continuation.yield(.kept($0)) }, on: loop,
            log: LimitedLog(Logger(label: "test") { _ in EventLog { continuation.yield(.log($0, $1)) } }),
            publish: { [published = ring] ring in
                published.withLockedValue { $0 = ring }
                continuation.yield(
                    .published(ring.issuers.map { $0.set?.kids }, until: ring.issuers[0].usableUntil / 1_000_000_000))
            }, jitter: { 0 }, fetch: { order in await desk.fetch(order) }, withTable: withTable)
        self.add = { continuation.yield($0) }
    }

    private let add: @Sendable (Event) -> Void

    private static func keeping(
        _ sources: [KeySource], _ ages: [Int64?], _ loop: NIOAsyncTestingEventLoop,
        add: @escaping @Sendable ([Kept]) -> Void
    ) -> KeyKeeping? {
        guard !ages.isEmpty else { return nil }
        let clock: @Sendable () -> Timestamp = {
            civilStart + .nanoseconds(Int64(loop.now.uptimeNanoseconds))
        }
        let taken = zip(sources, ages).compactMap { source, age in
            age.map { age in
                TakenSet(
                    source: source, set: keySet("kept"), jwks: Array(jwks(["kept"]).utf8),
                    confirmedAt: Moment(steady: -age * 1_000_000_000, timestamp: civilStart - .seconds(age)))
            }
        }
        return KeyKeeping(taken: taken, clock: clock) { sets in
            add(
                sets.map { set in
                    let number = sources.firstIndex {
                        Array($0.issuer.utf8) == set.issuer && Array($0.name.utf8) == set.source
                    }
                    return Kept(issuer: number ?? -1, age: clock().seconds - set.confirmedAt.seconds)
                })
        }
    }

    private static func source(_ number: Int, file: Bool = false) -> KeySource {
        KeySource(
            issuer: "https://issuer\(number).test",
            location: file ? .file("/jwks.json") : .uri("https://issuer\(number).test/jwks"))
    }

    /// Takes other issuers, each under a number of its own.
    func adopt(_ issuers: [(issuer: Int, id: UInt32)], maxStale: Duration = .seconds(86_400)) async throws {
        let settings = KeySets.Settings(
            sources: issuers.map { Self.source($0.issuer) }, ids: issuers.map { IssuerID($0.id) }, maxStale: maxStale,
            wait: .seconds(1))
        try await keySets.adopt(settings) { [add] ring in
            add(.handedOver(ring.issuers.map { $0.set?.kids }, ids: ring.ids.map(\.number)))
        }
    }

    /// Runs the service while `body` does; it must stop by itself when it is cancelled.
    func run(_ body: (inout AsyncStream<Event>.Iterator) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.keySets.run() }
            var iterator = events.makeAsyncIterator()
            try await body(&iterator)
            group.cancelAll()
            try await group.waitForAll()
        }
        await loop.shutdownGracefully()
    }

    func find(_ kid: String?, cause: MissingKey.Cause = .unknownKid, as asker: String, issuer: Int = 0) {
        let missing = MissingKey(issuer: IssuerID(UInt32(issuer)), kid: kid.map { Array($0.utf8) }, cause: cause)
        keySets.find(missing) { [add] reply in add(.reply(asker, reply)) }
    }

    /// The `kid`s of the keys that have tables, of an issuer.
    func tables(of issuer: Int = 0) -> [String] {
        let keys = ring.withLockedValue { $0?.issuers[issuer].set?.keys } ?? []
        return keys.filter(\.hasTable).map { String(decoding: $0.kid ?? [], as: UTF8.self) }
    }

    /// Says that a key of an issuer is in demand; one that is not in its set when it has no such key.
    func demand(_ kid: String, issuer: Int = 0) {
        let key = ring.withLockedValue { $0?.issuers[issuer].set?.keys(kid: Array(kid.utf8)).first }
        let fingerprint = key?.fingerprint ?? SHA256Digest(of: Array(kid.utf8).span.bytes)
        keySets.makeTable(for: KeyInDemand(issuer: IssuerID(UInt32(issuer)), fingerprint: fingerprint))
    }

    /// Ends the running fetch of an issuer.
    func end(_ issuer: Int = 0, _ result: Result<Fetched, FetchFailure>) {
        desk.end(issuer, result)
    }

    func bring(_ issuer: Int = 0, _ kids: String...) {
        end(issuer, .success(.keys(FetchedKeys(set: sure(kids), text: Array(jwks(kids).utf8)))))
    }

    private func sure(_ kids: [String]) -> KeySet {
        kids.count == 1 ? keySet(kids[0]) : keySet(kids[0], kids[1])
    }
}

/// Holds each fetch until the test ends it, or its task is cancelled.
private final class FetchDesk: Sendable {
    private let running = NIOLockedValueBox<[Int: CheckedContinuation<Result<Fetched, FetchFailure>, Never>]>([:])
    private let began: @Sendable (Int) -> Void

    init(began: @escaping @Sendable (Int) -> Void) {
        self.began = began
    }

    func fetch(_ order: FetchOrder) async -> Result<Fetched, FetchFailure> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                running.withLockedValue { $0[order.issuer] = continuation }
                began(order.issuer)
                if Task.isCancelled { end(order.issuer, .failure(.stopped)) }
            }
        } onCancel: {
            end(order.issuer, .failure(.stopped))
        }
    }

    func end(_ issuer: Int, _ result: Result<Fetched, FetchFailure>) {
        running.withLockedValue { $0.removeValue(forKey: issuer) }?.resume(returning: result)
    }
}

private struct EventLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let add: @Sendable (Logger.Level, String) -> Void

    init(_ add: @escaping @Sendable (Logger.Level, String) -> Void) {
        self.add = add
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let text = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0)=\($1)" }.joined()
        add(event.level, "\(event.message)\(text)")
    }
}

extension Rig {
    /// The events but for lines of the log, up to the first of this kind.
    static func next(
        of events: inout AsyncStream<Event>.Iterator, until isLast: (Event) -> Bool
    ) async -> [Event] {
        var seen: [Event] = []
        while let event = await events.next() {
            if case .log = event { continue }
            seen.append(event)
            if isLast(event) { break }
        }
        return seen
    }
}
