import Testing

extension IntegrationTests {
    /// However the eight names are spelled by a client: none arrives.
    @Suite(.enabled(if: GatewayProgram.missing.isEmpty, GatewayProgram.reason))
    struct SpellingTests {
        /// Numbers that look like chance, the same in each run.
        private struct Chance: RandomNumberGenerator {
            var state: UInt64 = 0x9E37_79B9_7F4A_7C15

            mutating func next() -> UInt64 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return (state >> 33) | (state << 31)
            }
        }

        private static let perRequest = 50

        /// 10,000 of them, in parts of a request each: half with what most gateways take for a name, half with all that RFC 9110 allows.
        private static let requests: [[String]] = {
            var chance = Chance()
            let names = GatewayRow.names.prefix(8).map { "x-authgear-\($0)" }
            let (few, all) = (Array("-_.~"), Array("-_.~!#$%&'*+^`|"))
            return (0..<200).map { number in
                (0..<perRequest).map { _ in
                    let name = names.randomElement(using: &chance) ?? ""
                    let between = number % 2 == 0 ? few : all
                    return String(
                        name.map { character in
                            guard character == "-" else {
                                return Bool.random(using: &chance)
                                    ? Character(character.uppercased()) : character
                            }
                            return between.randomElement(using: &chance) ?? "-"
                        }) + ": spoofed"
                }
            }
        }()

        @Test(arguments: GatewayProgram.running)
        func `none of 10,000 spellings arrives`(program: GatewayProgram) throws {
            let gateway = try GatewayStand.shared.get().gateway(program)
            let kinds: [(GatewayRow.Sender, GatewayRow.Place)] = [
                (.nobody, .resolve), (.session, .require), (.session, .clear), (.token, .resolve), (.nobody, .clear),
            ]
            var arrived = 0
            for (number, fields) in Self.requests.enumerated() {
                let (sender, place) = kinds[number % kinds.count]
                let row = GatewayRow(
                    .eight, "\(sender) at \(place.rawValue)", sender, at: place, fields: fields, orStatuses: [400])
                let response = try gateway.ask(row.request())
                if response.status == 200 { arrived += 1 }
                if let fault = try row.fault(response) {
                    Issue.record("\(fault) of \(fields)")
                    return
                }
            }
            #expect(arrived >= 100, "else little was tried")
        }
    }
}
