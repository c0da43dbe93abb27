import Logging
import NIOCore
import Telemetry

/// Has Redis tell what changes, and passes it on: keeps the feed, redirects the data connection to it, and makes sure by
/// heartbeats that silence means that nothing changed. Performs what `TrackingState` says. One event loop's.
final class ChangeTracker {
    /// How often it asks whether the server is still there.
    private static let interval = TimeAmount.milliseconds(250)
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
    /// The servers that the two have reached; nil while that is not known.
    private var feedServer: ServerID?
    private var dataServer: ServerID?
    private var nextBeat: Scheduled<Void>?

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
        scheduleBeat()
    }

    func stop() {
        reconnector.stop()
        nextBeat?.cancel()
        feed?.close(because: .stopped)
    }

    // MARK: The data connection

    func dataReady(_ connection: RedisConnection) {
        data = connection
        perform(state.dataReady())
    }

    func dataLost() {
        data = nil
        dataServer = nil
        if state.isOn, !reconnector.isStopped { sayOff("the connection on which sessions are read was lost") }
        perform(state.dataLost())
    }

    func dataAnswered(_ answer: RedisLine.Answer) {
        switch answer {
        case .heartbeat(let sent): perform(state.dataAnswered(heartbeat: sent))
        case .identity(let server): dataServer = server
        case .redirection(let sent, let error): redirected(sent, error)
        case .trial: break
        }
    }

    private func redirected(_ sent: NIODeadline, _ error: RedisErrorCode?) {
        let isSameServer = dataServer != nil && dataServer == feedServer
        perform(state.redirected(isAccepted: error == nil && isSameServer, sent: sent))
        if let error {
            let isOld = [.generic, .unknownCommand].contains(error)
            let words = isOld ? "it is older than redis 6, or a proxy" : error.words
            sayOff("redis refused CLIENT TRACKING: \(words)")
        } else if !isSameServer, feedServer != nil {
            feed?.close(because: .elsewhere)
        } else if state.isOn {
            sayOn()
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

    private func scheduleBeat() {
        nextBeat = eventLoop.assumeIsolated().scheduleTask(in: Self.interval) {
            self.feed?.beat()
            if self.state.isOn { self.data?.beat() }
            if !self.reconnector.isStopped { self.scheduleBeat() }
        }
    }

    private func sayOn() {
        journal.tell(Self.telling, problem: nil, at: eventLoop.now)
    }

    private func sayOff(_ reason: String) {
        journal.tell(Self.telling, problem: reason, at: eventLoop.now)
    }
}
