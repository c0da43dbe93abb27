import Redis
import Testing

/// Sentinels that a test speaks for, and whose time it moves; by the first letters of their run ids.
private struct Scene {
    static let (a, b) = (NodeAddress(host: "10.0.0.1", port: 6379), NodeAddress(host: "10.0.0.2", port: 6379))
    static let millisecond: Int64 = 1_000_000

    var topology: SentinelTopology
    var now: Int64 = 1_000_000_000

    init(_ count: Int = 3) {
        topology = SentinelTopology(
            SentinelGroup(hosts: (0..<count).map { NodeAddress(host: "s\($0)", port: 26_379) }, service: "m"))
    }

    mutating func pass(_ milliseconds: Int64) { now += milliseconds * Self.millisecond }

    /// A Sentinel says who the primary is, asked at this moment.
    mutating func answer(
        _ id: Int, _ primary: NodeAddress?, epoch: Int64 = 1, as runID: String? = nil, peers: [SentinelPeer] = []
    ) {
        let answer = SentinelAnswer(runID: runID ?? "r\(id)", primary: primary, epoch: epoch, peers: peers)
        topology.answered(id, answer, sent: now, at: now)
    }

    /// A round in which each says what it has to say; nil: nothing, for 300 ms.
    ///
    /// - Returns: who was asked, in order.
    @discardableResult
    mutating func round(_ answers: [Int: (NodeAddress, Int64)]) -> [Int] {
        topology.want()
        var asked: [Int] = []
        pass(20)
        while let id = topology.next(at: now) {
            asked.append(id)
            if let (primary, epoch) = answers[id] { answer(id, primary, epoch: epoch) } else { pass(300) }
        }
        return asked
    }

    /// A Sentinel that does not say who it is says who the primary is.
    mutating func answer(_ id: Int, _ primary: NodeAddress, namelessBeside peers: [SentinelPeer]) {
        topology.answered(id, SentinelAnswer(primary: primary, epoch: 1, peers: peers), sent: now, at: now)
    }

    /// The hosts of the rows.
    var rows: [String] { topology.view(at: now).rows.map(\.place.host) }

    var choice: PrimaryView.Choice { topology.view(at: now).choice }
    func trusts(_ node: NodeAddress) -> Bool { topology.trust(in: node, at: now) != nil }
}

@Suite struct `Sentinel topology` {
    private let a = Scene.a
    private let b = Scene.b

    @Test func `Sentinels are asked in turn, 300 ms each, and who answered comes first next time`() {
        var scene = Scene()
        #expect(scene.topology.next(at: scene.now) == 0)
        #expect(scene.topology.next(at: scene.now) == nil)
        scene.pass(299)
        #expect(scene.topology.next(at: scene.now) == nil)
        #expect(scene.topology.due == scene.now + Scene.millisecond)
        scene.pass(1)
        #expect(scene.topology.next(at: scene.now) == 1)
        scene.answer(1, a)
        #expect(scene.topology.next(at: scene.now) == 2)
        scene.topology.failed(2, because: "connection refused")
        #expect(scene.topology.next(at: scene.now) == nil)
        #expect(scene.round([0: (a, 1), 1: (a, 1), 2: (a, 1)]) == [1, 0, 2])
        #expect(scene.round([2: (a, 1), 0: (a, 1)]) == [1, 0, 2])
        #expect(scene.round([0: (a, 1), 1: (a, 1), 2: (a, 1)]) == [0, 2, 1])
    }

    @Test func `they are asked again twice a second, and at once when somebody wants to know`() {
        var scene = Scene()
        let began = scene.now
        scene.round([0: (a, 1), 1: (a, 1), 2: (a, 1)])
        #expect(scene.topology.due == began + 520 * Scene.millisecond)
        #expect(scene.topology.next(at: scene.topology.due - 1) == nil)
        scene.topology.want()
        #expect(scene.topology.next(at: scene.now + 10 * Scene.millisecond) == 0)
    }

    @Test(
        arguments: [
            ([0: "a", 1: "a", 2: "a"], "a"), ([0: "a", 1: "a"], "a"), ([0: "a", 1: "a", 2: "b"], "a"), ([0: "a"], nil),
            ([0: "a", 1: "b"], nil), ([:], nil),
        ] as [([Int: String], String?)])
    func `the primary is what a majority of the known Sentinels gives`(_ votes: [Int: String], _ primary: String?) {
        var scene = Scene()
        scene.round(votes.mapValues { ($0 == "a" ? a : b, 1) })
        let expected = primary.map { $0 == "a" ? a : b }
        #expect(scene.trusts(a) == (expected == a) && !scene.trusts(b))
        if let expected {
            #expect(scene.choice == .majority(expected))
            #expect(scene.topology.view(at: scene.now).problem == nil)
        } else {
            #expect(scene.topology.view(at: scene.now).problem != nil)
        }
    }

    @Test func `no Sentinel reachable, and none that knows the name, are two reasons`() throws {
        var scene = Scene(2)
        _ = scene.topology.next(at: scene.now)
        scene.topology.failed(0, because: "connection refused")
        _ = scene.topology.next(at: scene.now)
        scene.topology.failed(1, because: "no answer")
        #expect(scene.choice == .unreachable)
        let problem = try #require(scene.topology.view(at: scene.now).problem)
        #expect(
            problem.contains("none of the Sentinels of m can be reached: s0:26379: connection refused; s1:26379: no"))
        scene.answer(0, nil)
        #expect(scene.choice == .unknownName)
        #expect(scene.topology.view(at: scene.now).problem?.contains("knows m") == true)
    }

    @Test func `one that names another address by a later failover ends the trust at once, and the majority decides`() {
        var scene = Scene()
        scene.round([0: (a, 4), 1: (a, 4), 2: (a, 4)])
        #expect(scene.trusts(a))
        #expect(scene.topology.view(at: scene.now).problem == nil)
        scene.answer(2, b, epoch: 5)
        #expect(!scene.trusts(a) && scene.choice == .majority(a))
        #expect(scene.topology.view(at: scene.now).problem?.contains("by a later failover") == true)
        // The others are asked sooner meanwhile.
        #expect(scene.topology.due <= scene.now + SentinelTopology.haste)
        scene.answer(0, b, epoch: 5)
        #expect(scene.choice == .majority(b) && scene.trusts(b) && !scene.trusts(a))
        #expect(scene.topology.view(at: scene.now).problem == nil)
    }

    @Test(arguments: [3, 4]) func `one that names another address by no later failover changes nothing`(_ epoch: Int64)
    {
        var scene = Scene()
        scene.round([0: (a, 4), 1: (a, 4), 2: (b, epoch)])
        #expect(scene.trusts(a) && scene.choice == .majority(a))
        #expect(scene.topology.view(at: scene.now).problem == nil)
    }

    @Test func `one that named a later failover and is silent since is remembered for a while`() {
        var scene = Scene()
        scene.round([0: (a, 4), 1: (a, 4), 2: (b, 5)])
        scene.pass(5_000)
        scene.round([0: (a, 4), 1: (a, 4)])
        #expect(!scene.trusts(a))
        scene.pass(30_000)
        scene.round([0: (a, 4), 1: (a, 4)])
        #expect(scene.trusts(a))
    }

    @Test func `a vote counts for a second from when it was asked for`() {
        var scene = Scene()
        scene.answer(0, a)
        scene.pass(400)
        scene.answer(1, a)
        // The older one is needed.
        #expect(scene.topology.trust(in: a, at: scene.now) == scene.now + 600 * Scene.millisecond)
        scene.pass(600)
        #expect(!scene.trusts(a))
        #expect(scene.choice == .minority([a]))
    }

    @Test func `without a majority the latest failover is tried first, then what the majority named last`() {
        var scene = Scene()
        scene.round([0: (a, 1), 1: (a, 1)])
        scene.pass(2_000)
        scene.answer(2, b, epoch: 2)
        #expect(scene.choice == .minority([b, a]))
        scene.pass(2_000)
        #expect(scene.choice == .minority([a]))
        #expect(scene.topology.view(at: scene.now).problem?.contains("can be reached") == true)
    }

    @Test func `the list grows by what Sentinels say of others, who count`() {
        var scene = Scene(1)
        let peers = (1...4).map { SentinelPeer(place: NodeAddress(host: "10.1.0.\($0)", port: 1), runID: "p\($0)") }
        scene.answer(0, a, peers: peers)
        #expect(scene.topology.known == 5 && scene.choice == .minority([a]))
        #expect(scene.topology.places.map(\.place).dropFirst() == peers.map(\.place)[...])
        scene.answer(1, a, as: "p1")
        #expect(scene.choice == .minority([a]))
        scene.answer(2, a, as: "p2")
        #expect(scene.choice == .majority(a))
        // Who is not heard of any more does not count.
        scene.answer(0, a, peers: Array(peers.prefix(2)))
        #expect(scene.topology.known == 3 && scene.topology.places.count == 3)
    }

    @Test func `one Sentinel at two addresses counts once`() {
        var scene = Scene(3)
        scene.answer(0, a, as: "x")
        scene.answer(1, a, as: "x")
        #expect(scene.choice == .minority([a]))
        scene.answer(2, a, as: "y")
        #expect(scene.topology.known == 2 && scene.choice == .majority(a))
        #expect(scene.rows == ["s0", "s2"], "each has a row, by where it answered first of what came together")
        scene.pass(20)
        scene.answer(1, a, as: "x")
        #expect(scene.rows == ["s1", "s2"])
    }

    @Test func `of one that is down, and that others know by another address, that address has the row`() {
        var scene = Scene(2)
        scene.answer(0, a, peers: [SentinelPeer(place: NodeAddress(host: "10.1.0.1", port: 1), runID: "r1")])
        #expect(scene.topology.known == 2 && scene.rows == ["s0", "10.1.0.1"])
        scene = Scene(3)
        scene.answer(0, a, peers: [SentinelPeer(place: NodeAddress(host: "10.1.0.1", port: 1), runID: "r1")])
        #expect(scene.topology.known == 3 && scene.rows == ["s0", "s1", "10.1.0.1"])
    }

    @Test func `one that does not say who it is counts once all the same`() {
        // As others list it: at the place where it is asked, or as the one that it does not list itself.
        for place in [NodeAddress(host: "s1", port: 26_379), NodeAddress(host: "10.1.0.2", port: 1)] {
            var scene = Scene(2)
            let other = SentinelPeer(place: NodeAddress(host: "s0", port: 26_379), runID: "r0")
            scene.answer(1, a, namelessBeside: [other])
            scene.answer(0, a, peers: [SentinelPeer(place: place, runID: "r1")])
            scene.answer(1, a, namelessBeside: [other])
            #expect(scene.topology.known == 2 && scene.topology.places.count == 2, "\(place)")
            #expect(scene.choice == .majority(a))
        }
    }

    @Test func `what was said before a Sentinel told of a switch is not enough`() {
        var scene = Scene()
        scene.topology.want()
        scene.pass(20)
        _ = scene.topology.next(at: scene.now)
        scene.answer(0, a)
        scene.topology.switched()
        _ = scene.topology.next(at: scene.now)
        scene.answer(1, a)
        #expect(scene.choice == .majority(a))
        scene.pass(10)
        #expect(scene.topology.next(at: scene.now) == 0, "the next round begins")
    }

    @Test func `one that is down, and that others know by another address, counts once`() {
        var scene = Scene(3)
        let peers = [1, 2].map { SentinelPeer(place: NodeAddress(host: "10.1.0.\($0)", port: 1), runID: "r\($0)") }
        scene.answer(0, a, peers: peers)
        #expect(scene.topology.known == 3)
        scene.answer(1, a, peers: [peers[1]])
        // The third one has never answered: 2 of 3 are enough.
        #expect(scene.topology.known == 3 && scene.choice == .majority(a))
    }

    @Test func `a Sentinel that others know by the address that the URL has is one`() {
        var scene = Scene(2)
        scene.answer(0, a, peers: [SentinelPeer(place: NodeAddress(host: "s1", port: 26_379), runID: "r1")])
        #expect(scene.topology.known == 2 && scene.topology.places.count == 2)
    }

    @Test func `a flood of others is bounded`() {
        var scene = Scene(1)
        let peers = (1...60).map { SentinelPeer(place: NodeAddress(host: "h\($0)", port: 1), runID: "p\($0)") }
        scene.answer(0, a, peers: peers)
        #expect(scene.topology.places.count == 32)
        #expect(!scene.trusts(a))
    }

    @Test func `a round has concluded when a majority is found, or everybody was asked`() {
        var scene = Scene()
        scene.round([0: (a, 1)])
        #expect(scene.topology.conclusions == 1)
        scene.topology.want()
        scene.pass(20)
        _ = scene.topology.next(at: scene.now)
        scene.answer(0, a)
        #expect(scene.topology.conclusions == 1)
        _ = scene.topology.next(at: scene.now)
        scene.answer(1, a)
        #expect(scene.topology.conclusions == 2)
        _ = scene.topology.next(at: scene.now)
        scene.answer(2, a)
        #expect(scene.topology.next(at: scene.now) == nil)
        #expect(scene.topology.conclusions == 2)
    }
}
