import Bytes

/// Where a browser that is turned away is told to log in (contract section 18): the value of `x-authgear-login`.
package struct LoginRules: Hashable, Sendable {
    /// An https URL; nothing of a request comes into its origin or path.
    package var url: String
    /// The parameter that says where to go afterwards.
    package var returnParameter: String

    package init(url: String, returnParameter: String) {
        self.url = url
        self.returnParameter = returnParameter
    }

    /// The longest path and query that is gone back to, in bytes.
    private static let maximumReturn = 2 << 10

    /// Why a browser is turned away, as far as logging in again helps.
    enum Cause: Equatable {
        /// There is no valid credential.
        case nobody
        case contexts(String)
        case authenticationMethod
        /// In seconds.
        case age(Int64)

        /// Nil when logging in again would not help.
        init?(_ refusal: PolicyRefusal, of policy: AccessPolicy) {
            switch refusal {
            case .acr: self = .contexts(Challenge.Error(refusal, of: policy).contexts ?? "")
            case .amr: self = .authenticationMethod
            case .maximumAge: self = .age(policy.maximumAge?.components.seconds ?? 0)
            case .credential, .issuer, .audience, .client, .bound, .anonymous, .verified, .scope, .role: return nil
            }
        }
    }

    /// Where a request's browser is to go afterwards: its path and query, or `/` when they would lead to another site, are too long or
    /// not known. Nil when it is no browser that shows a page.
    func returnPath(of request: ResolveRequest, in head: RawSpan) -> [UInt8]? {
        let fields = request.fields
        guard let method = fields.single(.originalMethod), head.extracting(method.range).equals("GET"),
            let accept = fields[.accept], Self.acceptsPages(head.extracting(accept.range))
        else { return nil }
        if fields[.fetchMode] != nil {
            guard let mode = fields.single(.fetchMode), head.extracting(mode.range).equals("navigate") else {
                return nil
            }
        }
        guard let field = fields.single(.originalURI), field.range.count <= Self.maximumReturn else {
            return [UInt8(ascii: "/")]
        }
        let path = [UInt8](copying: head.extracting(field.range))
        let isLocal =
            path.first == UInt8(ascii: "/")
            && (path.count == 1 || path[1] != UInt8(ascii: "/") && path[1] != UInt8(ascii: "\\"))
            && path.allSatisfy(\.isVisible)
        return isLocal ? path : [UInt8(ascii: "/")]
    }

    /// The URL that leads back to a path.
    func url(returningTo path: [UInt8], because cause: Cause) -> String {
        let url =
            url + (url.contains("?") ? "&" : "?") + returnParameter + "="
            + String(decoding: path.percentEncoded, as: UTF8.self)
        return switch cause {
        case .nobody, .authenticationMethod: url
        case .contexts(let contexts):
            url + "&acr_values=" + String(decoding: Array(contexts.utf8).percentEncoded, as: UTF8.self)
        case .age(let seconds): url + "&max_age=\(seconds)"
        }
    }

    private static func acceptsPages(_ accept: RawSpan) -> Bool {
        let wanted = Array("text/html".utf8)
        guard accept.byteCount >= wanted.count else { return false }
        for start in 0...accept.byteCount - wanted.count
        where accept.extracting(start..<start + wanted.count).equalsIgnoringCase("text/html") {
            return true
        }
        return false
    }
}
