import Foundation
import NIOConcurrencyHelpers
import Testing

extension IntegrationTests {
    /// Every gateway with its shipped files, by the real program: what `docs/gateways.md` says of them is what these found.
    @Suite(.enabled(if: GatewayProgram.missing.isEmpty, GatewayProgram.reason))
    struct GatewayTests {
        @Test func `the programs that were named are here`() {
            let named = ProcessInfo.processInfo.environment["GATEWAYS", default: ""]
            let names = named == "all" ? GatewayProgram.all.map(\.name) : named.split(separator: ",").map(String.init)
            #expect(Set(names).subtracting(GatewayProgram.running.map(\.name)) == [])
        }

        @Test func `no gateway lets a client say one of the eight names`() {
            for program in GatewayProgram.all { #expect(program.exceptions[.eight] == nil, "\(program.name)") }
            #expect(GatewayRow.table.count >= 60)
        }

        @Test func `the page on gateways says what is said here`() throws {
            #expect(try Scratch.read(PromiseTable.page).contains(PromiseTable.promises()), "make gateways writes it")
        }

        /// Debian's change with Debian, those of PyPI with the Makefile alone.
        @Test func `the page names every program, and the versions that were run`() throws {
            let page = try Scratch.read(PromiseTable.page)
            for program in GatewayProgram.all {
                #expect(page.contains("| [\(program.name)]("), "make gateways writes it")
                guard program.executable != nil, program.origin.hasPrefix("PyPI") else { continue }
                #expect(page.contains(try PromiseTable.version(program)), "make gateways writes it")
            }
        }

        @Test(arguments: GatewayProgram.running, Promise.allCases)
        func `a gateway keeps its promises, and breaks those that it is said not to keep`(
            program: GatewayProgram, promise: Promise
        ) throws {
            let faults = try PromiseCheck(program: program, stand: GatewayStand.shared.get()).faults(promise)
            if faults.isEmpty == (program.exceptions[promise] == nil) { try PromiseTable.note(program, promise) }
            if program.exceptions[promise] == nil {
                let log = try GatewayStand.shared.get().gateway(program).log
                #expect(faults == [], "\(log.suffix(2_000))")
            } else {
                #expect(faults != [], "it keeps it: the table is to say so")
            }
        }
    }
}
