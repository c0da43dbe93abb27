import Authentication
import Bytes
import HTTP1

extension FuzzTarget {
    /// What Authgear answers: who is valid can be stated, and is the same when it is read again; the order of fields says
    /// nothing.
    ///
    /// An input's first line is the status, the lines up to an empty one are fields, the rest is the body.
    static let authgearAnswer = FuzzTarget(name: "authgear-answer") { input in
        let lines = [UInt8](copying: input).split(separator: 0x0A, omittingEmptySubsequences: false)
        let status = lines.first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 200
        let fields = lines.dropFirst().prefix { !$0.isEmpty }.map(field)
        let hasBody = lines.dropFirst(fields.count + 2).contains { !$0.isEmpty }
        let answer = AuthgearAnswer(status: status, fields: fields, hasBody: hasBody)
        expect(answer.pause.map { (0...AuthgearAnswer.longestPause).contains($0) } ?? true, "a pause is bounded")
        let reversed = AuthgearAnswer(status: status, fields: fields.reversed(), hasBody: hasBody)
        expect(verdict(answer) == verdict(reversed), "the order of fields says nothing")
        check(answer, status: status, fields: fields)
    }

    private static func check(_ answer: AuthgearAnswer, status: Int, fields: [(name: String, value: String)]) {
        let names = Set(fields.map { $0.name.lowercased() })
        switch answer.reply {
        case .valid(let identity):
            expect(status == 200 && names.contains("x-authgear-user-id"), "who is valid has an id")
            guard let stated = statement(of: identity) else { return }
            let again = AuthgearAnswer(status: 200, fields: stated, hasBody: false)
            expect(verdict(again) == verdict(answer), "what is stated is read as the same again")
        case .invalid, .silent: expect(status == 200, "only 200 says that a credential is invalid")
        case .unknown: expect(answer.fault != nil, "what is unknown has a reason")
        }
    }

    /// The fields of our answer; nil when it is too long.
    private static func statement(of identity: Identity) -> [(name: String, value: String)]? {
        let format = AnswerFormat(amrSeparator: UInt8(ascii: ","), maximumValueLength: 32 << 10)
        do throws(AnswerFault) {
            let head = try format.unjudgedAnswer(for: identity, by: HTTP1Renderer()).bytes
            return String(decoding: head, as: UTF8.self).split(separator: "\r\n").dropFirst().map { field($0.utf8) }
        } catch .refused {
            expect(false, "what was accepted can be stated")
            return nil
        } catch {
            return nil
        }
    }

    private static func field(_ line: some Collection<UInt8>) -> (name: String, value: String) {
        let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        return (
            String(decoding: parts[0], as: UTF8.self), parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
        )
    }

    private static func verdict(_ answer: AuthgearAnswer) -> String {
        switch answer.reply {
        case .valid(let identity): "valid \(statement(of: identity).map { "\($0)" } ?? "too long")"
        case .invalid, .silent: "invalid"
        case .unknown(let failure): "\(failure)"
        }
    }
}
