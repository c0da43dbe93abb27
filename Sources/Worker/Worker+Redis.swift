import Authentication
import Bytes
import EventLoop
import Redis

// The records that requests ask for, of a worker that has them of Redis.
extension Worker {
    /// Whether there are look-ups to send, or the client has something to do.
    var isRedisDue: Bool { redis != nil && (loop.lookUps.hasQuestions || loop.now.steady >= redisDue) }

    /// Whether it pays to be told of changes is for the owner of the feed to know.
    mutating func weighFeed() {
        guard redis != nil else { return }
        let figures = loop.resolver.sessionCacheFigures
        redis?.weighFeed(
            lookUps: figures.hits + figures.misses, hits: figures.hits, on: poller, at: loop.now.steady)
        takeRedis()
    }

    /// Sends the look-ups of the turn in one write, and does what is due.
    mutating func serveRedis() {
        loop.lookUps.takeQuestions(into: &questions)
        defer { questions.removeAll(keepingCapacity: true) }
        let now = loop.now.steady
        for question in questions { redis?.ask(for: question.query, number: question.number, asked: now, at: now) }
        if now >= redisDue {
            redis?.pass(buffer: buffer, on: poller, at: now)
        } else {
            redis?.flush(on: poller, at: now)
        }
        takeRedis()
    }

    /// Hands out what the client of Redis has come to, and looks at when it is due next.
    mutating func takeRedis() {
        // First: a reply that comes behind a change is not joined any more, and is not remembered if it is older.
        for event in redis?.takeMemoryEvents() ?? [] {
            switch event {
            case .changed(let keys, let heard): keys.forEach { loop.recordChanged($0, heard: heard) }
            case .trusted(let moment): loop.trustSessions(until: moment)
            case .distrusted: loop.distrustSessions()
            }
        }
        redis?.takeReplies(into: &replies)
        for lost in redis?.takeLost() ?? [] where !loop.lookUps.askOnceMore(number: lost.number) {
            redis?.gaveUp(lost, at: loop.now.steady)
            replies.append(NumberedReply(number: lost.number, reply: lost.reply))
        }
        if !replies.isEmpty { deliverReplies() }
        lots.append(redis?.takeChanges() ?? [])
        if redis?.takeSentinelWish() ?? false { watcher?.post(.redis { client in client.askSentinels() }) }
        for resolution in redis?.takeResolutions() ?? [] { resolve(resolution) }
        redisDue = redis?.due ?? .max
        if let gate, redis?.hasEndedFirstAttempt ?? true {
            self.gate = nil
            gate.pass()
        }
    }

    private mutating func resolve(_ resolution: RedisClient.Resolution) {
        let mailbox = mailbox
        guard let names = redis?.names else { return }
        resolution.answer(by: names) { answer in mailbox.post(.resolved(resolution, answer)) }
    }

    /// Hands each reply to all who wait for it.
    private mutating func deliverReplies() {
        // Before any of them is told of: whoever goes on by one takes along what came with it.
        loop.lookUps.arrived(&replies)
        while let (reply, waiters) = loop.lookUps.nextArrival() {
            if let first = waiters.first { deliver(.record(reply), to: first) }
            for ticket in waiters.others { deliver(.record(reply), to: ticket) }
        }
    }
}
