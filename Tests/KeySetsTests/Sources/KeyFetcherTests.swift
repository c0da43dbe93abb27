import Bytes
import JOSE
import KeySets
import NIOCore
import Questions
import Testing

@Suite(.timeLimit(.minutes(5))) struct KeyFetcherTests {
    @Test func `keys are fetched from their URL, with how long they stay fresh`() async throws {
        try await IssuerServer.serving(["/jwks?v=1": .keys("a", "b", age: "public, max-age=300")]) { server in
            let fetcher = KeyFetcher.patient()
            let source = KeySource(issuer: "i", location: .uri(server.url + "/jwks?v=1"))
            guard case .keys(let keys) = try await fetcher.fetch(source) else { throw Surprise() }
            await fetcher.shutdown()
            #expect(keys.set.kids == ["a", "b"])
            #expect(keys.maxAge == .seconds(300))
            #expect(server.requests == ["/jwks?v=1"])
        }
    }

    @Test func `what is fetched is asked for without compression`() async throws {
        try await IssuerServer.serving(["/jwks": .keys("a")]) { server in
            #expect(await fetch(server.url + "/jwks").kids == ["a"])
            #expect(server.values(of: "accept-encoding") == [["identity"]])
        }
    }

    @Test func `the time that an answer already spent in caches counts`() async throws {
        let page = Page.answer(200, ["cache-control": "max-age=300", "age": "120"], jwks(["a"]))
        try await IssuerServer.serving(["/jwks": page]) { server in
            let fetcher = KeyFetcher.patient()
            let fetched = try await fetcher.fetch(KeySource(issuer: "i", location: .uri(server.url + "/jwks")))
            await fetcher.shutdown()
            guard case .keys(let keys) = fetched else { throw Surprise() }
            #expect(keys.maxAge == .seconds(180))
        }
    }

    @Test func `a relative redirect is followed`() async throws {
        let pages = ["/new/keys?a": Page.keys("a"), "/old/jwks": .redirect("../new/./keys?a")]
        try await IssuerServer.serving(pages) { server in
            #expect(await fetch(server.url + "/old/jwks").kids == ["a"])
        }
    }

    @Test(
        arguments: [
            (.answer(404), .request(.status(404))),
            (.answer(500, [:], jwks(["a"])), .request(.status(500))),
            (.answer(203, [:], jwks(["a"])), .request(.status(203))),
            (.answer(304), .request(.status(304))),
            (.answer(200, ["content-type": "text/html"], "<!DOCTYPE html>"), .keySet(.notJSON(.unexpectedByte))),
            (.answer(200, [:], ""), .keySet(.notJSON(.unexpectedEnd))),
            (.answer(200, ["content-encoding": "gzip"], "\u{1F}\u{08}"), .keySet(.notJSON(.unexpectedByte))),
            (.answer(200, [:], "{}"), .keySet(.notAKeySet)),
            (.answer(200, [:], #"{"keys":[]}"#), .keySet(.noUsableKey([]))),
            (.answer(200, [:], #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#), .keySet(.noUsableKey([.symmetric]))),
            (.answer(200, [:], jwks((0...100).map { "\($0)" })), .keySet(.tooManyKeys)),
            (.answer(200, [:], String(repeating: " ", count: 512 * 1_024 + 1)), .request(.tooLarge)),
            (.flood(100_000_000), .request(.tooLarge)),
            (.raw("SSH-2.0-OpenSSH_9.2\r\n"), .request(.brokenAnswer)),
            (.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), .request(.connectionEnded)),
            (.raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{"), .request(.brokenAnswer)),
            (.redirect(nil), .request(.redirect(.malformed))),
            (.redirect("ftp://issuer.test/jwks"), .request(.redirect(.malformed))),
            (.redirect("http://issuer.test/jwks"), .request(.redirect(.insecure))),
            (.redirect("http://127.0.0.1.issuer.test/jwks"), .request(.redirect(.insecure))),
            (.redirect("//issuer.test/jwks"), .request(.redirect(.insecure))),
        ] as [(Page, FetchFailure)])
    func `an answer that is not a key set is refused with its reason`(page: Page, failure: FetchFailure) async throws {
        try await IssuerServer.serving(["/jwks": page]) { server in
            #expect(await fetch(server.url + "/jwks").failure == failure)
            #expect(server.flooded < 50_000_000, "what is too large is not received to its end")
        }
    }

    @Test(arguments: [Page.silence, .stall])
    func `an answer that does not end in time is given up`(page: Page) async throws {
        try await IssuerServer.serving(["/jwks": page]) { server in
            #expect(await fetch(server.url + "/jwks", limitedTo: .milliseconds(100)).failure == .request(.timedOut))
        }
    }

    @Test func `a set of exactly 512 KiB is read`() async throws {
        let set = jwks(["a"])
        let padding = String(repeating: " ", count: 512 * 1_024 - set.utf8.count)
        try await IssuerServer.serving(["/jwks": .answer(200, [:], padding + set)]) { server in
            #expect(await fetch(server.url + "/jwks").kids == ["a"])
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `three redirects are followed, and not a fourth`(status: Int) async throws {
        try await IssuerServer.serving(["/3": .keys("a")]) { server in
            server.set("/0", .redirect("/1", status: status))
            server.set("/1", .redirect(server.url + "/2", status: status))
            server.set("/2", .redirect("//127.0.0.1:\(server.port)/3", status: status))
            #expect(await fetch(server.url + "/0").kids == ["a"])
            server.set("/more", .redirect("/0", status: status))
            #expect(await fetch(server.url + "/more").failure == .request(.redirect(.tooMany)))
            #expect(server.requests == ["/0", "/1", "/2", "/3", "/more", "/0", "/1", "/2"])
        }
    }

    @Test func `a loop of redirects ends`() async throws {
        try await IssuerServer.serving(["/jwks": .redirect("/jwks")]) { server in
            #expect(await fetch(server.url + "/jwks").failure == .request(.redirect(.tooMany)))
            #expect(server.requests.count == 4)
        }
    }

    @Test func `a closed port is a refused connection`() async throws {
        var url = ""
        try await IssuerServer.serving { server in url = server.url }
        let failure = await fetch(url).failure
        #expect(failure.map { "\($0)" } == "connection refused")
        #expect(failure?.result == .connection)
    }

    @Test(
        arguments: [
            ("http://issuer.test/jwks", .insecure), ("issuer.test", .malformed),
        ] as [(String, FetchURL.Problem)])
    func `a URL that must not be fetched is not`(uri: String, problem: FetchURL.Problem) async {
        #expect(await fetch(uri).failure == .url(problem))
    }

    @Test func `many sources are fetched once each, in their order`() async throws {
        try await IssuerServer.serving { server in
            let sources = (0..<100).map { number in
                KeySource(issuer: "\(number)", location: .uri("\(server.url)/\(number)"))
            }
            for number in 0..<100 where number % 10 != 0 { server.set("/\(number)", .keys("\(number)")) }
            let fetcher = KeyFetcher.patient()
            let results = await fetcher.fetchOnce(sources)
            await fetcher.shutdown()
            for (number, result) in results.enumerated() {
                #expect(result.failure == (number % 10 == 0 ? .request(.status(404)) : nil))
                if number % 10 != 0 { #expect(result.kids == ["\(number)"]) }
            }
            #expect(server.requests.count == 100)
        }
    }
}

/// Something that a test did not expect at all.
struct Surprise: Error {}
