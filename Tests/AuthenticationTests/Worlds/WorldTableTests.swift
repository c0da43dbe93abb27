import Authentication
import Testing

/// `WorldTable`, row by row.
struct WorldTableTests {
    @Test(arguments: WorldTable.rows)
    func `each world comes to what the contract says, and to what Authgear says where that is promised`(
        _ row: WorldRow
    ) throws {
        for request in row.requests {
            let isAsked = row.world.contains("@asked")
            let spec = try row.ask(request, .spec)
            #expect(
                spec.lines == WorldRow.lines(row.ours, .spec, hasSession: spec.requestHasSession, isAsked: isAsked),
                "\(request)")
            if case .invalid(let reason?) = row.ours { #expect(spec.reasons == [String(reason)], "\(request)") }

            let twin = try row.ask(request, .authgear)
            var same = row.authgear
            // Authgear's own answer is a 500 with a body, which says no reason.
            if case .unknown = same, case .unknown(let reason) = row.ours { same = .unknown(reason: reason) }
            let lines = WorldRow.lines(same, .authgear, hasSession: twin.requestHasSession, isAsked: isAsked)
            #expect((twin.lines == lines) == row.clause.isEmpty, "\(request), as Authgear: \(twin.lines)")
        }
    }

    @Test func `the table has the worlds that were asked for`() {
        #expect(Set(WorldTable.rows.map { "\($0.world)" }).count >= 150)
        #expect(Set(WorldTable.rows.map(\.text)).count == WorldTable.rows.count, "no row twice")
    }

    @Test(arguments: [
        "gone | session | valid u1 | valid u1 |", "-sessions | session | none | nothing |",
        "session!never | session | none | nothing |", "session.last=now-1y | session | none | nothing |",
        " | sesion | none | nothing |", " | session:bent | none | nothing |",
    ])
    func `a word that nobody understands fails its row`(_ line: String) throws {
        let row = try WorldRow(line[...])
        #expect(throws: Misspelt.self) { try row.ask(row.requests[0], .spec) }
    }
}
