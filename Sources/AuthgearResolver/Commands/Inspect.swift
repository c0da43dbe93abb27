import ArgumentParser
import Bytes
import Glibc
import Tokens

/// `inspect`: is this token valid, and if not, why?
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say of tokens whether they are valid.",
        usage: """
            authgear-resolver inspect --jwks FILE --issuer I --audience A [--explain] [TOKEN ...]
            authgear-resolver inspect --jwks FILE --signature-only [--explain] [TOKEN ...]
            """,
        discussion: """
            Each token gets one line, in order: "valid", or "invalid" and the reason. Tokens are arguments or, without any, \
            lines of standard input, where they don't show in the list of processes. Empty lines are left out; a line \
            that is longer than a token may be is invalid.

            The exit status is 0 when all tokens are valid, 1 when one is not or the keys can't be read, and 64 when \
            the arguments are wrong.
            """)

    @Option(help: ArgumentHelp("The issuer's keys, a JWK set.", valueName: "file"))
    var jwks: String

    @Option(help: "What the tokens' iss must be.")
    var issuer: String?

    @Option(
        help: ArgumentHelp("What their aud must hold one of. Can be given several times.", valueName: "audience"))
    var audience: [String] = []

    @Option(
        help: ArgumentHelp(
            "An algorithm that they may use. Can be given several times. (default: RS256)", valueName: "alg"))
    var algorithm: [Algorithm] = []

    @Flag(help: "Look at form, key and signature alone: any issuer, audience, time and known algorithm.")
    var signatureOnly = false

    @Flag(help: "Add a line for each check.")
    var explain = false

    @Argument(help: ArgumentHelp("The tokens.", valueName: "token"))
    var tokens: [String] = []

    func validate() throws {
        guard !signatureOnly else { return }
        guard issuer != nil, !audience.isEmpty else {
            throw ValidationError("--issuer and --audience are needed, unless it is --signature-only.")
        }
    }

    func run() throws {
        let inspection = Inspection(keys: try keySet(), scope: scope, isExplaining: explain)
        let areValid = tokens.isEmpty ? try judgeInput(inspection) : judge(tokens.map { Array($0.utf8) }, inspection)
        guard areValid else { throw ExitCode(1) }
    }

    private var scope: Inspection.Scope {
        guard !signatureOnly else { return .signature }
        let allowed = AlgorithmSet(algorithm.isEmpty ? [.rs256] : algorithm)
        let leeway = Configuration.Issuer(identifier: "", audiences: []).leeway
        return .everything(
            TrustedIssuer(identifier: issuer ?? "", audiences: audience, algorithms: allowed, leeway: leeway))
    }

    /// The keys; nil when it is a key set, but none of its keys can be used: then every token is judged all the same.
    private func keySet() throws -> KeySet? {
        do {
            let bytes = try File.contents(of: jwks, limit: KeySet.maximumBytes)
            return try KeySet(jwks: bytes.span.bytes)
        } catch KeySetError.noUsableKey(let refusals) {
            let reasons = refusals.map { "\($0.reason)" }.joined(separator: ", ")
            File.complain("\(jwks): none of its keys can be used\(reasons.isEmpty ? "" : ": \(reasons)")")
            return nil
        } catch {
            let reason = (error as? KeySetError).map(\.sentence) ?? "\(error)"
            File.complain("\(jwks): no keys: \(reason)")
            throw ExitCode(1)
        }
    }

    /// Judges what comes from standard input, line by line as it comes.
    private func judgeInput(_ inspection: Inspection) throws -> Bool {
        var splitter = LineSplitter(maximumBytes: Inspection.maximumTokenBytes)
        var areValid = true
        do {
            try File.forEachChunk(of: STDIN_FILENO) { chunk in
                var lines: [[UInt8]] = []
                splitter.append(chunk) { lines.append($0) }
                areValid = judge(lines, inspection) && areValid
            }
        } catch {
            File.complain("standard input can't be read: \(error)")
            throw ExitCode(1)
        }
        splitter.finish { areValid = judge([$0], inspection) && areValid }
        return areValid
    }

    /// Prints the verdicts; whether all are `valid`.
    private func judge(_ tokens: [[UInt8]], _ inspection: Inspection) -> Bool {
        let reports = tokens.map { inspection.report(on: $0.span.bytes, now: .now) }
        File.write(Array(reports.map(\.text).joined().utf8), to: STDOUT_FILENO)
        return reports.allSatisfy(\.isValid)
    }
}

extension Algorithm: ExpressibleByArgument {
    package init?(argument: String) {
        guard let algorithm = Self.allCases.first(where: { "\($0.name)" == argument }) else { return nil }
        self = algorithm
    }

    package static var allValueStrings: [String] {
        allCases.map { "\($0.name)" }
    }
}

extension KeySetError {
    /// What is wrong with the keys, for a person.
    var sentence: String {
        switch self {
        case .tooLong: "it is longer than \(ByteSize.text(KeySet.maximumBytes))"
        case .notJSON: "it is not JSON, or an object in it has two members of one name"
        case .notAKeySet: "it is not a JWK set: {\"keys\":[…]}"
        case .tooManyKeys: "it has more than \(KeySet.maximumKeys) keys"
        case .noUsableKey(let refusals):
            refusals.isEmpty
                ? "it holds no key"
                : "none of its keys can be used: " + refusals.map { "\($0.reason)" }.joined(separator: ", ")
        }
    }
}
