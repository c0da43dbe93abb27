import Authentication
import Bytes

extension FuzzTarget {
    /// A request is answered the same from memory as without, and nothing breaks out of its field line.
    ///
    /// An input's first line is the payload of a token that is signed here, its second a session's record, its third a user's.
    static let answer = FuzzTarget(name: "answer") { input in
        let lines = [UInt8](copying: input).split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        let parts = lines.map(Array.init) + Array(repeating: [], count: 3 - lines.count)
        var remembering = AnswerBench(cacheEntries: 8, session: parts[1], user: parts[2])
        var forgetting = AnswerBench(cacheEntries: 0, session: parts[1], user: parts[2])
        for token in [JWTBench.shared?.token(payload: parts[0]), nil] {
            let answer = forgetting.ask(token: token)
            check(answer)
            for _ in 0..<2 {
                let again = remembering.ask(token: token)
                expect(again.outcome == answer.outcome && again.bytes == answer.bytes, "memory changes no answer")
            }
        }
    }

    private static func check(_ answer: Answer) {
        let text = String(decoding: answer.bytes, as: UTF8.self)
        expect(text.hasPrefix("HTTP/1.1 ") && text.hasSuffix("\r\n"), "an answer is an HTTP head")
        let lines = text.dropLast().split(separator: "\r\n")
        let names = lines.dropFirst().map { $0.prefix { $0 != ":" }.lowercased() }
        expect(lines.allSatisfy { $0.utf8.allSatisfy(\.isPrintable) }, "a field line is printable")
        expect(names.allSatisfy { $0.utf8.allSatisfy(\.isTokenCharacter) && !$0.isEmpty }, "a field has a name")
        expect(Set(names).count == names.count, "no field comes twice")
        let isValid = lines.contains("x-authgear-session-valid: true")
        expect(isValid == (answer.outcome == .valid), "the outcome is the one that the gateway sees")
        expect(isValid == names.contains("x-authgear-user-id"), "who is valid has an id, and nobody else")
    }
}
