import Authentication
import EventLoop
import NIOPosix
import Questions
import Telemetry
import Worker

extension WorkerEffects {
    /// Has Authgear, and servers that answer with claims, asked what this loop's requests want to know of them.
    mutating func ask(
        _ authgear: AuthgearClient, _ claims: ClaimsClients, repliesTo number: Int,
        of mailboxes: [WorkerMailbox], log: LimitedLog
    ) {
        askForClaims(by: claims, repliesTo: mailboxes[number])
        noteLongAnswers = log.note
        let mailbox = mailboxes[number]
        let others = mailboxes.indices.filter { $0 != number }.map { mailboxes[$0] }
        noteShadowDifferences = log.note
        ask = { question, ticket in
            authgear.ask(question) { reply in mailbox.post(.reply(ticket, .question(reply))) }
        }
        askInBackground = { asked in
            let conclude: AuthgearClient.Reply = { reply in
                mailbox.post(.perform { $0.conclude(asked, with: reply) })
                guard reply.isInvalid else { return }
                for other in others { other.post(.perform { $0.forget(asked) }) }
            }
            if let session = asked.session {
                authgear.touch(session, by: asked.question, reply: conclude)
            } else {
                authgear.ask(asked.question, isBackground: true, reply: conclude)
            }
        }
    }
}

extension Configuration {
    /// How Authgear is asked; nil when it never is.
    func authgearEndpoint(on group: MultiThreadedEventLoopGroup) -> AuthgearEndpoint? {
        authgear.map { AuthgearEndpoint($0.settings, group: group, proxies: http.proxies) }
    }
}
