import EventLoop
import Redis

/// The process' connections to the Sentinels of a service, owned by one worker: asks them, listens to them, and gives what they say.
/// Performs what `SentinelTopology` says.
struct SentinelWatch: ~Copyable {
    private let settings: RedisConfiguration
    private var group: SentinelGroup
    private let firstToken: UInt64
    private var topology: SentinelTopology
    private var links: [SentinelLinks] = []
    /// How many of the topology's conclusions were looked at.
    private var conclusions = 0
    private var view: PrimaryView?
    /// Set when something was said since `takeNews`.
    private var hasNews = false
    private var resolutions: [RedisClient.Resolution] = []
    private var resolutionNumber = 0
    private var isStopped = false

    /// - Parameter firstToken: those behind it are the watch's as well.
    init(_ settings: RedisConfiguration, of group: SentinelGroup, firstToken: UInt64) {
        self.settings = settings
        self.group = group
        self.firstToken = firstToken
        topology = SentinelTopology(group)
    }

    /// When `pass` has something to do; far away when it has not.
    var due: Int64 {
        guard !isStopped else { return .max }
        return links.reduce(topology.due) { due, link in min(due, link.due) }
    }

    /// Asks them as soon as possible: a connection is to be made.
    mutating func want() { topology.want() }

    /// What they said in the last round that was concluded, once.
    mutating func takeView() -> PrimaryView? { view.take() }

    /// Whether something was said since the last call: trust may have changed.
    mutating func takeNews() -> Bool {
        defer { hasNews = false }
        return hasNews
    }

    /// Until when what was read at this server may be kept in memory; nil: not at all.
    func trust(in node: NodeAddress?, at now: Int64) -> Int64? {
        node.flatMap { topology.trust(in: $0, at: now) }
    }

    func view(at now: Int64) -> PrimaryView { topology.view(at: now) }

    mutating func takeResolutions(into list: inout [RedisClient.Resolution]) {
        list += resolutions
        resolutions = []
    }

    // MARK: What happens

    mutating func hear(
        _ event: Poller.Event, buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64
    ) {
        links.first { $0.owns(event.token) }?.hear(event, buffer: buffer, on: poller, at: now)
        settle(on: poller, at: now)
    }

    mutating func pass(buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64) {
        for link in links { link.pass(buffer: buffer, on: poller, at: now) }
        settle(on: poller, at: now)
    }

    mutating func resolved(
        _ resolution: RedisClient.Resolution, to addresses: [SocketAddress], on poller: borrowing Poller, at now: Int64
    ) {
        guard case .sentinel(let token) = resolution.purpose else { return }
        links.first { $0.owns(token) }?.resolved(resolution, to: addresses, on: poller, at: now)
        settle(on: poller, at: now)
    }

    /// Has the connections go on with other credentials.
    mutating func adopt(_ credentials: RedisCredentials, at now: Int64) {
        guard group.credentials != credentials else { return }
        group.credentials = credentials
        renewCredentials(at: now)
    }

    /// Tells those who are asked of the credentials that hold. A subscriber may say nothing, so that connection is made anew.
    mutating func renewCredentials(at now: Int64) {
        guard let credentials = group.credentials else { return }
        for link in links {
            link.questions.conversation?.use(credentials, at: now)
            link.messages.conversation?.use(credentials, at: now)
        }
    }

    /// Sends heartbeats to those who tell of switches.
    mutating func beat(at now: Int64) {
        for link in links { link.messages.conversation?.beat(at: now) }
    }

    mutating func stop(at now: Int64) {
        isStopped = true
        for link in links { link.stop(at: now) }
        links = []
    }

    /// Takes in what was said until nothing follows from it any more, and asks who is to be asked.
    mutating func settle(on poller: borrowing Poller, at now: Int64) {
        guard !isStopped else { return }
        var hasMore = true
        while hasMore {
            for link in links { takeEvents(of: link, at: now) }
            adjustLinks(at: now)
            while let id = topology.next(at: now) { ask(id, on: poller, at: now) }
            for link in links { listen(on: link, poller, at: now) }
            for link in links { link.flush(on: poller, at: now) }
            hasMore = links.contains { $0.isOver }
        }
        guard conclusions != topology.conclusions else { return }
        conclusions = topology.conclusions
        hasNews = true
        view = topology.view(at: now)
    }

    private mutating func takeEvents(of link: SentinelLinks, at now: Int64) {
        var events: [SentinelConnectionState.Event] = []
        link.questions.conversation?.takeEvents(into: &events)
        for event in events {
            switch event {
            case .answered(let answer, let sent):
                link.questions.becameReady(at: now)
                link.hasAnswered = true
                hasNews = true
                topology.answered(link.id, answer, sent: sent, at: now)
            case .closed(let failure):
                link.questions.lost(at: now)
                topology.failed(link.id, because: failure.wordsOfSentinel)
            case .switched: break
            }
        }
        events = []
        link.messages.conversation?.takeEvents(into: &events)
        for event in events {
            switch event {
            // Where it leads now, and since which failover, the questions say.
            case .switched: topology.switched()
            case .closed(.refused): link.messages.lost(pause: SentinelLinks.refusedPause, at: now)
            case .closed: link.messages.lost(at: now)
            case .answered: break
            }
        }
    }

    /// Has a link for each Sentinel that is known, and none for those that are not any more.
    private mutating func adjustLinks(at now: Int64) {
        let places = topology.places
        for link in links where !places.contains(where: { $0.id == link.id }) { link.stop(at: now) }
        links.removeAll { link in !places.contains { $0.id == link.id } }
        for (id, place) in places where !links.contains(where: { $0.id == id }) {
            let token = firstToken + 2 * UInt64(id)
            links.append(SentinelLinks(id, settings.asking(place, of: group), token: token, at: now))
        }
    }

    private mutating func ask(_ id: Int, on poller: borrowing Poller, at now: Int64) {
        guard let link = links.first(where: { $0.id == id }) else { return topology.failed(id, because: nil) }
        if link.questions.isAttemptDue(at: now) {
            let state = SentinelConnectionState(
                .questions, of: group, as: group.credentials, within: SentinelTopology.turn, at: now)
            let resolution = resolve(link.place, for: link.token)
            link.questions.attempt(state, on: poller, resolution: resolution, at: now)
        }
        guard link.questions.isUnderWay else {
            // It was lost a moment ago, and the next attempt is not due.
            return topology.failed(id, because: nil)
        }
        link.questions.conversation?.ask(at: now)
        link.questions.flush(on: poller, at: now)
    }

    /// Listens to one that has answered, if nobody listens.
    private mutating func listen(on link: SentinelLinks, _ poller: borrowing Poller, at now: Int64) {
        guard link.hasAnswered, link.messages.isAttemptDue(at: now) else { return }
        let state = SentinelConnectionState(
            .messages, of: group, as: group.credentials, within: SentinelTopology.turn, at: now)
        let resolution = resolve(link.place, for: link.token + 1)
        link.messages.attempt(state, on: poller, resolution: resolution, at: now)
    }

    private mutating func resolve(_ place: RedisConfiguration.Place, for token: UInt64) -> Int {
        resolutionNumber += 1
        if place.isName || settings.credentialFiles != nil {
            resolutions.append(
                RedisClient.Resolution(
                    number: resolutionNumber, place: place, store: settings.options.address.withoutCredentials,
                    purpose: .sentinel(token), credentials: settings.credentialFiles))
        }
        return resolutionNumber
    }
}

/// The two connections to one Sentinel. An object, because a link can't be copied into a list.
final class SentinelLinks {
    /// Until one that won't let us listen is asked again, in nanoseconds.
    static let refusedPause: Int64 = 30_000_000_000

    /// The topology's.
    let id: Int
    let place: RedisConfiguration.Place
    /// Of the questions; that of the messages is the next one.
    let token: UInt64
    var questions: RedisLink<SentinelConnectionState>
    var messages: RedisLink<SentinelConnectionState>
    /// Set from its first answer on.
    var hasAnswered = false

    init(_ id: Int, _ settings: RedisConfiguration, token: UInt64, at now: Int64) {
        self.id = id
        self.token = token
        place = settings.place
        questions = RedisLink(settings, token: token)
        messages = RedisLink(settings, token: token + 1)
        questions.start(at: now)
        messages.start(at: now)
    }

    func owns(_ token: UInt64) -> Bool { token == self.token || token == self.token + 1 }

    /// An attempt of its own is made only when it is asked, so that of its pauses nothing is due.
    var due: Int64 {
        let isSilent = messages.isPausing && !hasAnswered
        return min(questions.isPausing ? .max : questions.due, isSilent ? .max : messages.due)
    }

    var isOver: Bool { questions.isOver || messages.isOver }

    func hear(_ event: Poller.Event, buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64) {
        if event.token == token {
            questions.hear(event, buffer: buffer, on: poller, at: now)
        } else {
            messages.hear(event, buffer: buffer, on: poller, at: now)
        }
    }

    func pass(buffer: borrowing ReadBuffer, on poller: borrowing Poller, at now: Int64) {
        questions.pass(buffer: buffer, on: poller, at: now)
        messages.pass(buffer: buffer, on: poller, at: now)
    }

    func resolved(
        _ resolution: RedisClient.Resolution, to addresses: [SocketAddress], on poller: borrowing Poller, at now: Int64
    ) {
        // Each link knows its own by their numbers.
        questions.resolved(resolution.number, to: addresses, on: poller, at: now)
        messages.resolved(resolution.number, to: addresses, on: poller, at: now)
    }

    func flush(on poller: borrowing Poller, at now: Int64) {
        questions.flush(on: poller, at: now)
        messages.flush(on: poller, at: now)
    }

    func stop(at now: Int64) {
        questions.stop(at: now)
        messages.stop(at: now)
        questions.lost(at: now)
        messages.lost(at: now)
    }
}
