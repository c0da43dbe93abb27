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

    /// A question on its way.
    private struct LookUp {
        var number: Int
        var query: RecordQuery
        var waiters: Waiters
        /// A connection was lost that owed the reply.
        var isRepeated = false
        /// The reply, from when it has come to when its waiters are told: others may be told before them.
        var reply: RecordReply?
    }

    /// By the lower halves of their numbers; nil is one that nobody uses.
    private var lookUps: [LookUp?] = []
    private var free: [Int] = []
    /// How many there were so far: the upper halves of their numbers, so that a reply that comes twice finds nobody.
    private var serial = 0
    /// Which look-up asks this question and can still be joined.
    private var joinable: [QueryKey: Int] = [:]
    /// What was asked in this turn.
    private var questions: [Question] = []

    package init() {}

    /// Somebody wants a record.
    package mutating func ask(for query: RecordQuery, ticket: Ticket) {
        let key = QueryKey(query)
        guard let number = joinable[key] else { return open(query, key: key, ticket: ticket) }
        lookUps[Self.place(of: number)]?.waiters.add(ticket)
    }

    /// Asks for a record that somebody is likely to want: who asks while it is on its way joins.
    package mutating func prefetch(_ query: RecordQuery) {
        let key = QueryKey(query)
        if joinable[key] == nil { open(query, key: key, ticket: nil) }
    }

    private mutating func open(_ query: RecordQuery, key: QueryKey, ticket: Ticket?) {
        let place = free.popLast() ?? lookUps.count
        serial &+= 1
        let number = serial << 32 | place
        let lookUp = LookUp(number: number, query: query, waiters: Waiters(first: ticket))
        if place == lookUps.count { lookUps.append(lookUp) } else { lookUps[place] = lookUp }
        joinable[key] = number
        questions.append(Question(number: number, query: query))
    }

    package var hasQuestions: Bool { !questions.isEmpty }

    /// Exchanges the questions that were asked for an empty list.
    package mutating func takeQuestions(into list: inout [Question]) {
        swap(&questions, &list)
    }

    /// The connection is lost that owed the reply to this question.
    ///
    /// - Returns: whether it is asked anew; a second time it is not, for it may be what breaks connections.
    package mutating func askOnceMore(number: Int) -> Bool {
        let place = Self.place(of: number)
        guard lookUps.indices.contains(place), let lookUp = lookUps[place], lookUp.number == number, !lookUp.isRepeated
        else { return false }
        lookUps[place]?.isRepeated = true
        questions.append(Question(number: number, query: lookUp.query))
        return true
    }

    /// These replies have come together; each is told of after this. Who is told of one goes on with others that came along,
    /// without another turn.
    package mutating func arrived(_ replies: [NumberedReply]) {
        guard replies.count > 1 else { return }
        for reply in replies {
            let place = Self.place(of: reply.number)
            guard lookUps.indices.contains(place), lookUps[place]?.number == reply.number else { continue }
            lookUps[place]?.reply = reply.reply
        }
    }

    /// Those of the records that have come and can still be joined: whoever asks for one would be told in this turn.
    package func arrived(among queries: [RecordQuery]) -> [ArrivedRecord] {
        guard !queries.isEmpty else { return [] }
        return queries.compactMap { query in
            joinable[QueryKey(query)].flatMap { lookUps[Self.place(of: $0)]?.reply }
                .map { ArrivedRecord(query: query, reply: $0) }
        }
    }

    /// The reply to a question is there.
    ///
    /// - Returns: who waits for it.
    package mutating func answered(number: Int) -> Waiters {
        let place = Self.place(of: number)
        guard lookUps.indices.contains(place), lookUps[place]?.number == number, let lookUp = lookUps[place].take()
        else { return Waiters() }
        free.append(place)
        if let index = joinable.index(forKey: QueryKey(lookUp.query)), joinable[index].value == number {
            joinable.remove(at: index)
        }
        return lookUp.waiters
    }

    private static func place(of number: Int) -> Int { number & 0xFFFF_FFFF }

    /// The record under a key has changed: who asks from now on doesn't share a reply that is older.
    package mutating func changed(key: RawSpan) {
        guard !joinable.isEmpty else { return }
        for question in QueryKey.all(for: [UInt8](copying: key)) { joinable[question] = nil }
    }

    /// The same of every record.
    package mutating func everythingChanged() {
        joinable.removeAll(keepingCapacity: true)
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

/// A question as a dictionary's key, with the hash that it has: a dictionary hashes a key again each time that it meets it.
/// Who needs a proof that there is no record does not share a reply that has none.
struct QueryKey: Hashable {
    private let hash: Int
    private let key: [UInt8]
    private let absenceNeedsProof: Bool

    init(_ query: RecordQuery) {
        hash = query.keyHash
        key = query.key
        absenceNeedsProof = query.absenceNeedsProof
    }

    /// All questions for the record under a key.
    static func all(for key: [UInt8]) -> [QueryKey] {
        let hash = RecordQuery.hash(of: key.span.bytes)
        return [true, false].map { QueryKey(hash: hash, key: key, absenceNeedsProof: $0) }
    }

    private init(hash: Int, key: [UInt8], absenceNeedsProof: Bool) {
        self.hash = hash
        self.key = key
        self.absenceNeedsProof = absenceNeedsProof
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}
