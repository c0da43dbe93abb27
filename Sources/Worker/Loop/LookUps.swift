package import Authentication
import Bytes

/// The look-ups of an event loop that are on their way, and who waits for them: a question that is asked already is not
/// asked again, and the questions of one turn leave together.
package struct LookUps {
    /// Who waits for a reply: seldom more than one.
    package struct Waiters {
        package fileprivate(set) var first: Ticket?
        /// Who asked the same meanwhile.
        package fileprivate(set) var others: [Ticket] = []

        /// Who asks first is the first also where nobody asked, and the record is read in advance.
        fileprivate mutating func add(_ ticket: Ticket) {
            if first == nil { first = ticket } else { others.append(ticket) }
        }
    }

    /// A question on its way, or a place for one.
    private struct LookUp {
        var number: Int
        /// Nil: nobody uses the place.
        var query: RecordQuery?
        var waiters = Waiters()
        /// A connection was lost that owed the reply.
        var isRepeated = false
        /// Where its reply stands among those that have come together, from when it has come to when its waiters are told:
        /// others may be told before them.
        var arrival: Int?
    }

    /// By the lower halves of their numbers.
    private var lookUps: [LookUp] = []
    private var free: [Int] = []
    /// How many there were so far: the upper halves of their numbers, so that a reply that comes twice finds nobody.
    private var serial = 0
    /// Those that can still be joined, by their keys. Who needs a proof that there is no record does not share a reply that has none.
    private var joinable = HashIndex()
    /// What was asked in this turn.
    private var questions: [Question] = []
    /// The replies that have come together, and how many of them were told of.
    private var (arrivals, told): ([NumberedReply], Int) = ([], 0)

    package init() {}

    /// Somebody wants a record.
    package mutating func ask(for query: RecordQuery, ticket: Ticket) {
        if let place = place(asking: query) {
            lookUps[place].waiters.add(ticket)
        } else {
            open(query, ticket: ticket)
        }
    }

    /// Asks for a record that somebody is likely to want: who asks while it is on its way joins.
    package mutating func prefetch(_ query: RecordQuery) {
        if place(asking: query) == nil { open(query, ticket: nil) }
    }

    private mutating func open(_ query: RecordQuery, ticket: Ticket?) {
        let place = free.popLast() ?? lookUps.count
        serial &+= 1
        let number = serial << 32 | place
        let lookUp = LookUp(number: number, query: query, waiters: Waiters(first: ticket))
        if place == lookUps.count { lookUps.append(lookUp) } else { lookUps[place] = lookUp }
        joinable.insert(place, hash: Self.hash(of: query.keyHash))
        questions.append(Question(number: number, query: query))
    }

    /// The look-up that asks the same and can be joined.
    private func place(asking query: RecordQuery) -> Int? {
        joinable.find(hash: Self.hash(of: query.keyHash)) { place in
            guard let other = lookUps[place].query else { return false }
            return other === query || other.absenceNeedsProof == query.absenceNeedsProof && other.key == query.key
        }
    }

    private static func hash(of keyHash: Int) -> UInt32 { UInt32(truncatingIfNeeded: keyHash) }

    package var hasQuestions: Bool { !questions.isEmpty }

    /// Exchanges the questions that were asked for an empty list.
    package mutating func takeQuestions(into list: inout [Question]) {
        swap(&questions, &list)
    }

    /// The connection is lost that owed the reply to this question.
    ///
    /// - Returns: whether it is asked anew; a second time it is not, for it may be what breaks connections.
    package mutating func askOnceMore(number: Int) -> Bool {
        guard let place = place(of: number), !lookUps[place].isRepeated, let query = lookUps[place].query else {
            return false
        }
        lookUps[place].isRepeated = true
        questions.append(Question(number: number, query: query))
        return true
    }

    /// Takes replies that have come together, and leaves an empty list. `nextArrival` tells of each after this: who is told of one goes
    /// on with others that came along, without another turn.
    package mutating func arrived(_ replies: inout [NumberedReply]) {
        assert(arrivals.isEmpty && told == 0, "the replies before these were not all told of")
        swap(&replies, &arrivals)
        guard arrivals.count > 1 else { return }
        for index in arrivals.indices {
            if let place = place(of: arrivals[index].number) { lookUps[place].arrival = index }
        }
    }

    /// Those of the records that have come and can still be joined: whoever asks for one would be told in this turn.
    package func arrived(among queries: [RecordQuery]) -> ArrivedRecords {
        var records = ArrivedRecords()
        for query in queries {
            guard let place = place(asking: query), let arrival = lookUps[place].arrival else { continue }
            records.add(ArrivedRecord(query: query, reply: arrivals[arrival].reply))
        }
        return records
    }

    /// The next of the replies that have come together, and who waits for it; nil: each was told of.
    package mutating func nextArrival() -> (reply: RecordReply, waiters: Waiters)? {
        guard told < arrivals.count else {
            arrivals.removeAll(keepingCapacity: true)
            told = 0
            return nil
        }
        defer { told += 1 }
        return (arrivals[told].reply, answered(number: arrivals[told].number))
    }

    /// The reply to a question is there.
    ///
    /// - Returns: who waits for it.
    package mutating func answered(number: Int) -> Waiters {
        guard let place = place(of: number), let query = lookUps[place].query else { return Waiters() }
        joinable.remove(place, hash: Self.hash(of: query.keyHash))
        free.append(place)
        lookUps[place].query = nil
        var waiters = Waiters()
        swap(&waiters, &lookUps[place].waiters)
        return waiters
    }

    /// Where the look-up of that number stands, if it is still on its way.
    private func place(of number: Int) -> Int? {
        let place = number & 0xFFFF_FFFF
        return lookUps.indices.contains(place) && lookUps[place].number == number ? place : nil
    }

    /// The record under a key has changed: who asks from now on doesn't share a reply that is older.
    package mutating func changed(key: RawSpan) {
        guard !joinable.isEmpty else { return }
        let hash = Self.hash(of: RecordQuery.hash(of: key))
        while let place = joinable.find(hash: hash, isMatch: { asks(place: $0, for: key) }) {
            joinable.remove(place, hash: hash)
        }
    }

    private func asks(place: Int, for key: RawSpan) -> Bool {
        guard let asked = lookUps[place].query?.key else { return false }
        return asked.span.bytes.equals(key)
    }

    /// The same of every record.
    package mutating func everythingChanged() {
        if !joinable.isEmpty { joinable = HashIndex() }
    }
}

/// What an event loop asks of its store. The reply carries the question's number.
package struct Question: Sendable {
    package let number: Int
    package let query: RecordQuery

    package init(number: Int, query: RecordQuery) {
        self.number = number
        self.query = query
    }
}
