import Authentication
import Bytes
import Testing
import Worker

extension LookUps {
    /// Those of the queries whose records have come.
    fileprivate func arrivedQueries(among queries: [RecordQuery]) -> [RecordQuery] {
        var records = arrived(among: queries)
        return queries.filter { records.take(for: .record($0)) != nil }
    }

    fileprivate mutating func takeQuestions() -> [Question] {
        var questions: [Question] = []
        takeQuestions(into: &questions)
        return questions
    }

    /// Who waits for the reply, first come first.
    fileprivate mutating func waiters(for number: Int) -> [Ticket] {
        answered(number: number).all
    }

    /// Who waits for the next of the replies that have come together; nil: there is none.
    fileprivate mutating func nextWaiters() -> [Ticket]? { nextArrival()?.waiters.all }
}

extension LookUps.Waiters {
    fileprivate var all: [Ticket] { [first].compactMap(\.self) + others }
}

@Suite struct LookUpsTests {
    private func query(_ key: String, _ kind: RecordQuery.Kind = .session) -> RecordQuery {
        RecordQuery(kind: kind, key: Array(key.utf8))
    }

    private func ticket(_ wait: UInt64) -> Ticket { Ticket(slot: 1, wait: wait) }

    private func keys(_ questions: [Question]) -> [String] {
        questions.map { String(decoding: $0.query.key, as: UTF8.self) }
    }

    @Test func `the questions of a turn leave together, each once`() {
        var lookUps = LookUps()
        for (wait, key) in ["a", "b", "a", "c", "b"].enumerated() {
            lookUps.ask(for: query(key), ticket: ticket(UInt64(wait)))
        }
        let questions = lookUps.takeQuestions()
        #expect(keys(questions) == ["a", "b", "c"])
        #expect(lookUps.takeQuestions().isEmpty)
        #expect(lookUps.waiters(for: questions[1].number) == [ticket(1), ticket(4)])
        #expect(lookUps.waiters(for: questions[0].number) == [ticket(0), ticket(2)])
        #expect(lookUps.waiters(for: questions[2].number) == [ticket(3)])
    }

    @Test func `what is asked ahead is asked once, and who wants it joins`() {
        var lookUps = LookUps()
        lookUps.prefetch(query("a"))
        lookUps.prefetch(query("a"))
        lookUps.ask(for: query("b"), ticket: ticket(1))
        lookUps.prefetch(query("b"))
        let questions = lookUps.takeQuestions()
        #expect(keys(questions) == ["a", "b"])
        lookUps.ask(for: query("a"), ticket: ticket(2))
        #expect(!lookUps.hasQuestions)
        #expect(lookUps.waiters(for: questions[0].number) == [ticket(2)])
        #expect(lookUps.waiters(for: questions[1].number) == [ticket(1)])
        lookUps.prefetch(query("c"))
        #expect(lookUps.waiters(for: lookUps.takeQuestions()[0].number) == [])
    }

    @Test func `a question that is on its way is joined in a later turn`() {
        var lookUps = LookUps()
        lookUps.ask(for: query("a"), ticket: ticket(1))
        let number = lookUps.takeQuestions()[0].number
        lookUps.ask(for: query("a"), ticket: ticket(2))
        #expect(lookUps.takeQuestions().isEmpty)
        #expect(lookUps.waiters(for: number) == [ticket(1), ticket(2)])
    }

    @Test func `what came in advance is there for who would ask next, unless it has changed`() {
        var lookUps = LookUps()
        lookUps.ask(for: query("a"), ticket: ticket(1))
        for key in ["b", "c", "d"] { lookUps.prefetch(query(key)) }
        let numbers = lookUps.takeQuestions().map(\.number)
        let ahead = ["b", "c", "d", "e"].map { query($0) }
        #expect(lookUps.arrivedQueries(among: ahead).isEmpty)
        lookUps.changed(key: Array("c".utf8).span.bytes)
        var replies = numbers.prefix(3).map { NumberedReply(number: $0, reply: .missing) }
        lookUps.arrived(&replies)
        #expect(replies.isEmpty)
        #expect(lookUps.arrivedQueries(among: ahead) == [query("b")], "d has not come")
        #expect(lookUps.arrivedQueries(among: ahead.map { $0.withoutProof() }).isEmpty)
        #expect(lookUps.nextWaiters() == [ticket(1)])
        #expect(lookUps.arrivedQueries(among: ahead) == [query("b")])
        #expect(lookUps.nextWaiters() == [])
        #expect(lookUps.arrivedQueries(among: ahead).isEmpty)
        #expect(lookUps.nextWaiters() == [], "of what changed, c")
        #expect(lookUps.nextWaiters() == nil)
        lookUps.ask(for: query("d"), ticket: ticket(2))
        #expect(lookUps.waiters(for: numbers[3]) == [ticket(2)])
    }

    @Test func `who asks anew while replies are told of waits for a reply of its own`() {
        var lookUps = LookUps()
        for (wait, key) in ["a", "b", "c"].enumerated() { lookUps.ask(for: query(key), ticket: ticket(UInt64(wait))) }
        let first = lookUps.takeQuestions().map(\.number)
        var replies = first.map { NumberedReply(number: $0, reply: .missing) }
        lookUps.arrived(&replies)
        #expect(lookUps.nextWaiters() == [ticket(0)])
        // In the place that is free since then.
        lookUps.ask(for: query("d"), ticket: ticket(3))
        #expect(lookUps.arrivedQueries(among: [query("d"), query("c")]) == [query("c")])
        #expect(lookUps.nextWaiters() == [ticket(1)])
        lookUps.ask(for: query("a"), ticket: ticket(4))
        #expect(lookUps.nextWaiters() == [ticket(2)])
        #expect(lookUps.nextWaiters() == nil)
        let second = lookUps.takeQuestions()
        #expect(keys(second) == ["d", "a"])
        for number in first { #expect(lookUps.waiters(for: number) == []) }
        #expect(lookUps.waiters(for: second[0].number) == [ticket(3)])
        #expect(lookUps.waiters(for: second[1].number) == [ticket(4)])
    }

    @Test func `a reply that nobody waits for any more is passed over among others`() {
        var lookUps = LookUps()
        lookUps.ask(for: query("a"), ticket: ticket(1))
        lookUps.ask(for: query("b"), ticket: ticket(2))
        let numbers = lookUps.takeQuestions().map(\.number)
        for replies in [[numbers[0], 77, numbers[0]], [numbers[1]]] {
            var replies = replies.map { NumberedReply(number: $0, reply: .missing) }
            let first = replies[0].number
            lookUps.arrived(&replies)
            #expect(lookUps.nextWaiters() == [first == numbers[0] ? ticket(1) : ticket(2)])
            while let waiters = lookUps.nextWaiters() { #expect(waiters == []) }
        }
    }

    @Test func `what a lost connection owes is asked once more, and no third time`() {
        var lookUps = LookUps()
        lookUps.ask(for: query("a"), ticket: ticket(1))
        let number = lookUps.takeQuestions()[0].number
        let isAsked = lookUps.askOnceMore(number: number)
        #expect(isAsked)
        lookUps.ask(for: query("a"), ticket: ticket(2))
        let again = lookUps.takeQuestions()
        #expect(again.map(\.number) == [number] && keys(again) == ["a"])
        let isAskedAgain = lookUps.askOnceMore(number: number)
        #expect(!isAskedAgain)
        #expect(lookUps.waiters(for: number) == [ticket(1), ticket(2)])
        for unknown in [number, 77] {
            let isKnown = lookUps.askOnceMore(number: unknown)
            #expect(!isKnown)
        }
        #expect(!lookUps.hasQuestions)
    }

    @Test func `once answered a question is asked again`() {
        var lookUps = LookUps()
        for wait in 1...3 as ClosedRange<UInt64> {
            lookUps.ask(for: query("a"), ticket: ticket(wait))
            let questions = lookUps.takeQuestions()
            #expect(keys(questions) == ["a"])
            #expect(lookUps.waiters(for: questions[0].number) == [ticket(wait)])
            #expect(lookUps.waiters(for: questions[0].number) == [])
        }
        #expect(lookUps.waiters(for: 77) == [])
    }

    @Test func `an older reply is not shared once the record has changed`() {
        var lookUps = LookUps()
        lookUps.ask(for: query("a"), ticket: ticket(1))
        lookUps.ask(for: query("b"), ticket: ticket(2))
        let old = lookUps.takeQuestions()
        lookUps.changed(key: Array("a".utf8).span.bytes)
        lookUps.ask(for: query("a"), ticket: ticket(3))
        lookUps.ask(for: query("b"), ticket: ticket(4))
        let new = lookUps.takeQuestions()
        #expect(keys(new) == ["a"])
        #expect(lookUps.waiters(for: old[0].number) == [ticket(1)])
        // The newer question is still on its way.
        lookUps.ask(for: query("a"), ticket: ticket(5))
        #expect(lookUps.takeQuestions().isEmpty)
        #expect(lookUps.waiters(for: old[1].number) == [ticket(2), ticket(4)])
        #expect(lookUps.waiters(for: new[0].number) == [ticket(3), ticket(5)])
    }

    @Test func `who needs a proof that there is no record shares no reply without one`() {
        var lookUps = LookUps()
        for round in 0..<2 as Range<UInt64> {
            lookUps.ask(for: query("a"), ticket: ticket(1))
            lookUps.ask(for: query("a").withoutProof(), ticket: ticket(2))
            lookUps.prefetch(query("a").withoutProof())
            let questions = lookUps.takeQuestions()
            #expect(questions.map(\.query.absenceNeedsProof) == [true, false])
            #expect(lookUps.waiters(for: questions[0].number) == [ticket(1)])
            if round == 0 { #expect(lookUps.waiters(for: questions[1].number) == [ticket(2)]) }
        }
        // A change parts all that were asked before from those that come.
        lookUps.ask(for: query("a"), ticket: ticket(3))
        lookUps.changed(key: Array("a".utf8).span.bytes)
        lookUps.ask(for: query("a"), ticket: ticket(4))
        lookUps.ask(for: query("a").withoutProof(), ticket: ticket(5))
        #expect(keys(lookUps.takeQuestions()) == ["a", "a", "a"])
    }

    @Test func `none is shared once everything has changed`() {
        var lookUps = LookUps()
        lookUps.ask(for: query("a"), ticket: ticket(1))
        _ = lookUps.takeQuestions()
        lookUps.everythingChanged()
        lookUps.ask(for: query("a"), ticket: ticket(2))
        #expect(keys(lookUps.takeQuestions()) == ["a"])
    }
}
