import Authentication
import Bytes
import JOSE

extension Desk {
    /// What becomes of a request whose question for claims is answered by who was asked before the settings changed.
    enum AfterReload: Equatable {
        /// Another server is asked.
        case asks(IssuerID)
        case answers([String])
        /// It did not wait for claims, or waits for something else.
        case isElsewhere
    }

    /// Has a request wait for claims over a reload.
    mutating func askOver(
        _ change: (inout ResolverSettings) -> Void, authorization: String? = nil, cookies: [String] = []
    ) -> AfterReload {
        let (request, head) = Self.request(.resolve, authorization: authorization, cookies: cookies)
        let step = resolver.resolve(request, in: head.span.bytes, now: moment)
        guard case .wait(for: .claims(let first), let parked) = consume step else { return .isElsewhere }
        var changed = settings
        change(&changed)
        resolver.adopt(changed)
        switch resolver.resume(parked, with: .claims(claims(first)), now: moment) {
        case .wait(for: .claims(let second), _): return .asks(second.server.id)
        case .wait: return .isElsewhere
        case .answer(let answer): return .answers(Self.lines(of: answer))
        }
    }
}
