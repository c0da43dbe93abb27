import Logging
import NIOCore
import Telemetry

/// Has Redis tell what changes, and passes it on: keeps the feed, redirects the data connection to it, and makes sure by
/// heartbeats that silence means that nothing changed. Performs what `TrackingState` says. One event loop's.
final class ChangeTracker {
    /// How long to wait when the server does not let us track.
    private static let refusedPause = TimeAmount.seconds(30)
    /// How long to wait when the feed reached another server than the data connection.
    private static let elsewherePause = TimeAmount.seconds(5)

    private static let telling = Condition(
        good: "redis tells of changes: sessions are answered from memory",
        bad: "redis does not tell of changes: every session is read anew", badLevel: .warning)

    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let journal: StoreJournal
    private let report: (StoreChange) -> Void
    private let reconnector: Reconnector
    private var state = TrackingState()
    /// The feed, or the attempt at one.
    private var feed: FeedConnection?
    /// The data connection, while it is ready.
    private var data: RedisConnection?
    /// The server that the feed has reached; nil while that is not known.
    private var feedServer: ServerID?

    init(
        _ configuration: RedisConfiguration, on eventLoop: any EventLoop, journal: StoreJournal,
        report: @escaping (StoreChange) -> Void
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.journal = journal
        self.report = report
        self.reconnector = Reconnector(on: eventLoop)
    }

    var isTracking: Bool { state.isOn }

    func start() {
        reconnector.start { self.connect() }
    }

    /// Asks on the feed whether the server is still there.
    func beat() {
        feed?.beat()
    }

    func stop() {
        reconnector.stop()
        feed?.close(because: .stopped)
    }

    // MARK: The data connection

    func dataReady(_ connection: RedisConnection) {
        data = connection
        perform(state.dataReady())
    }

    func dataLost() {
        data = nil
        if state.isOn, !reconnector.isStopped { sayOff("the connection on which sessions are read was lost") }
        perform(state.dataLost())
    }

    func dataAnswered(_ answer: RedisLine.Answer) {
        switch answer {
        case .proof(let sent, let server, let gap): proven(sent, server, gap)
        case .redirection(let error): redirected(error)
        case .trial: break
        }
    }

    private func redirected(_ error: RedisErrorCode?) {
        perform(state.redirected(isAccepted: error == nil))
        guard let error else { return }
        let isOld = [.generic, .unknownCommand].contains(error)
        let words = isOld ? "it is older than redis 6, or a proxy" : error.words
        sayOff("redis refused CLIENT TRACKING: \(words)")
    }

    private func proven(_ sent: NIODeadline, _ server: ServerID?, _ gap: ProofGap?) {
        let isSameServer = server != nil && server == feedServer
        let wasOn = state.isOn
        perform(state.dataAnswered(heartbeat: sent, isProven: gap == nil && isSameServer))
        guard state.isOn != wasOn || state.isAgreed else { return }
        if state.isOn {
            sayOn()
        } else if let gap {
            sayOff("redis \(gap.words)")
        } else {
            feed?.close(because: .elsewhere)
        }
    }

    // MARK: The feed

    private func connect() {
        let feed = FeedConnection(
            configuration, on: eventLoop,
            events: FeedConnection.Events(
                told: { message in self.told(message) }, closed: { failure in self.feedLost(failure) }))
        self.feed = feed
        Connector(configuration: configuration, eventLoop: eventLoop).open(feed, failed: feed.close)
    }

    private func told(_ message: FeedState.Received) {
        switch message {
        case .listening(let id, let server, let sent):
            reconnector.ready()
            feedServer = server
            perform(state.feedReady(id: id, subscribed: sent))
        case .changed(let keys):
            for key in keys { report(.record(key)) }
        case .everythingChanged:
            perform(.distrust)
            perform(state.trust())
        case .alive(let sent): perform(state.feedAnswered(heartbeat: sent))
        case .settingUp, .setUpRefused, .unsolicited: break
        }
    }

    private func feedLost(_ failure: ConnectionFailure) {
        feed = nil
        feedServer = nil
        perform(state.feedLost())
        if !reconnector.isStopped { sayOff(failure.reason(at: configuration.address)) }
        switch failure {
        case .refused: reconnector.lost(pause: Self.refusedPause)
        case .elsewhere: reconnector.lost(pause: Self.elsewherePause)
        default: reconnector.lost()
        }
    }

    // MARK: What follows

    private func perform(_ action: TrackingState.Action) {
        switch action {
        case .none: break
        case .redirect(let id): data?.redirect(to: id, prefixes: configuration.trackedPrefixes)
        case .trust(let moment): report(.upToDate(until: moment))
        case .distrust: report(.everything)
        }
    }

    private func sayOn() {
        journal.tell(Self.telling, problem: nil, at: eventLoop.now)
    }

    private func sayOff(_ reason: String) {
        journal.tell(Self.telling, problem: reason, at: eventLoop.now)
    }
}
