import ArgumentParser
import Authentication
import Bytes
import Glibc
import JOSE
import KeySets
import Trust

/// `inspect`: is this credential valid, and if not, why?
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say of tokens and cookies whether they are valid.",
        usage: """
            authgear-resolver inspect --config FILE [--policy NAME] [--cookie NAME=VALUE] [--token TOKEN] [TOKEN ...]
            authgear-resolver inspect --jwks FILE [--issuer I] [--audience A] [--explain] [TOKEN ...]
            authgear-resolver inspect --jwks FILE --signature-only [--explain] [TOKEN ...]
            """,
        discussion: """
            Each credential gets one line, cookies before tokens and else in order: "valid", or "invalid" or "unknown" and the \
            reason. Where none is given, they are tokens, the lines of standard input, where they don't show in the list of \
            processes. Empty lines are left out; a line that is longer than a token may be is invalid.

            With --config, each credential of any kind is decided on alone, as the service does: issuers' keys are fetched once, the \
            records that it leads to are read from the configured store, and Authgear is asked where it would be. Each step \
            follows, each check of a record, and the answer. A value of "-" is read from standard input: --token -, or - \
            alone, or --cookie session=-.

            With --policy, a valid credential is judged by that access policy as well, and each of its conditions follows; \
            where one does not hold, the first line is "invalid" and its reason.

            With --jwks, tokens are JWTs, and nothing is looked up. Without --issuer or --audience it may be whatever the token says. \
            With --explain, each check that was made follows in words, then the headers that a gateway would be given, of claims \
            by Authgear's names, the default of a configuration: other names need --config.

            The exit status is 0 when all are valid, 1 when one is not (or could not be checked) or the keys can't be read, \
            and 64 when the arguments are wrong.
            """)

    @Option(help: ArgumentHelp("The configuration file, as whose service it is decided.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The issuer's keys, a JWK set.", valueName: "file"))
    var jwks: String?

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

    @Flag(help: "Say of each check what was found and what was wanted, and what the headers are.")
    var explain = false

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An opaque access token or a JWT, to be looked up.", valueName: "token"))
    var token: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A cookie, to be looked up.", valueName: "name=value"))
    var cookie: [String] = []

    @Option(help: ArgumentHelp("An access policy of the configuration, to judge by as well.", valueName: "name"))
    var policy: String?

    @Argument(help: ArgumentHelp("The tokens.", valueName: "token"))
    var tokens: [String] = []

    func validate() throws {
        guard config != nil else {
            guard token.isEmpty, cookie.isEmpty, policy == nil else {
                throw ValidationError(
                    "--token, --cookie and --policy are about a configuration and its store: --config is needed.")
            }
            guard jwks != nil else { throw ValidationError("--config or --jwks is needed.") }
            return
        }
        guard jwks == nil, issuer == nil, audience.isEmpty, algorithm.isEmpty, !signatureOnly else {
            throw ValidationError("--config says all that --jwks, --issuer, --audience and --algorithm do.")
        }
        guard cookie.allSatisfy({ PresentedCredential(cookie: $0) != nil }) else {
            throw ValidationError("--cookie takes NAME=VALUE, such as session=VALUE, or session=- for standard input.")
        }
        guard credentials.count(where: \.isInput) <= 1 else {
            throw ValidationError("One credential alone can come from standard input.")
        }
    }

    func run() async throws {
        let areValid = if let config { try await lookUp(in: config) } else { try await judgeTokens() }
        guard areValid else { throw ExitCode(1) }
    }

    /// Each issuer's keys; says why there are none.
    private func fetchedKeySets(of configuration: Configuration) async -> [KeySet?] {
        let fetched = await Trial(configuration: configuration).keySets()
        for (issuer, result) in zip(configuration.issuersWithKeys, fetched) {
            if case .failure(let failure) = result {
                File.complain("issuer \(issuer.identifier): no keys from \(issuer.source.place): \(failure)")
            }
        }
        return fetched.map { try? $0.get() }
    }

    /// Decides on each credential as the service does; whether all are valid.
    private func lookUp(in config: String) async throws -> Bool {
        let configuration = try ConfigurationOption.read(from: config)
        let policy = try accessPolicy(of: configuration)
        let apiTokens = try apiTokens(of: configuration)
        let credentials = try presentedCredentials(limit: configuration.limits.headerBytes)
        if let problem = credentials.lazy.compactMap(\.problem).first {
            throw ValidationError("The credential can't be presented: \(problem).")
        }
        let hasJWT = credentials.isEmpty || credentials.contains { $0.kind(in: configuration) == .token }
        let keySets = hasJWT ? await fetchedKeySets(of: configuration) : configuration.issuersWithKeys.map { _ in nil }
        do {
            return try await InspectionSources.with(configuration) { sources in
                let inspection = CredentialInspection(
                    configuration, keySets: keySets, policy: policy, apiTokens: apiTokens, asking: sources)
                func isValid(_ credential: PresentedCredential) async -> Bool {
                    let report = await inspection.report(on: credential, clock: { .now })
                    File.write(Array(report.text.utf8), to: STDOUT_FILENO)
                    return report.isValid
                }
                guard !credentials.isEmpty else {
                    return await Self.allInputLines(upTo: configuration.limits.tokenBytes) { await isValid(.token($0)) }
                }
                var areValid = true
                for credential in credentials { areValid = await isValid(credential) && areValid }
                return areValid
            }
        } catch let error as RecordFileError {
            File.complain("\(error)")
            throw ExitCode(1)
        }
    }

    private func apiTokens(of configuration: Configuration) throws -> [APIToken]? {
        do throws(ConfigurationError) {
            return try configuration.readAPITokens()?.tokens.get()
        } catch {
            File.complain("\(error)")
            throw ExitCode(1)
        }
    }

    private func accessPolicy(of configuration: Configuration) throws -> AccessPolicy? {
        guard let name = policy else { return nil }
        if let policy = configuration.policies.first(where: { $0.name == name }) { return policy }
        let names = configuration.policies.map(\.name)
        let known = names.isEmpty ? "there are none" : "there are " + names.joined(separator: ", ")
        File.complain("the configuration has no policy \(Reader.quote(name)): \(known)")
        throw ExitCode(1)
    }

    /// What `--cookie`, `--token` and the arguments say.
    private var credentials: [PresentedCredential] {
        cookie.compactMap(PresentedCredential.init(cookie:)) + (token + tokens).map { .token(Array($0.utf8)) }
    }

    /// The same with what stands in standard input, without the white space around it.
    private func presentedCredentials(limit: Int) throws -> [PresentedCredential] {
        try credentials.map { credential in
            guard credential.isInput else { return credential }
            do {
                return credential.with(value: try File.contents(of: STDIN_FILENO, limit: limit).trimmed)
            } catch {
                File.complain("standard input can't be read: \(error)")
                throw ExitCode(1)
            }
        }
    }

    /// How much of a token is judged: of what no option names, it may have whatever it has.
    private func scope(of token: [UInt8]) -> Inspection.Scope {
        guard !signatureOnly else { return .signature }
        let allowed = AlgorithmSet(algorithm.isEmpty ? [.rs256] : algorithm)
        var terms = Configuration.Issuer(identifier: issuer ?? "", audiences: audience).trusted
        terms.algorithms = allowed
        let facts = TokenFacts(token.span.bytes)
        if issuer == nil { terms.identifier = facts.issuer ?? [] }
        if audience.isEmpty { terms.audiences = facts.audiences }
        return .everything(terms)
    }

    /// The keys; nil when it is a key set, but none of its keys can be used: then every token is judged all the same.
    private func keySet(fromFile jwks: String) throws -> KeySet? {
        do {
            let bytes = try File.contents(of: jwks, limit: KeySet.maximumBytes, mayWait: true)
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

    /// Judges JWTs by the keys of a file; whether all are valid.
    private func judgeTokens() async throws -> Bool {
        let keys = try keySet(fromFile: jwks ?? "")
        func isValid(_ token: [UInt8]) -> Bool {
            let inspection = Inspection(keys: keys, scope: scope(of: token), isExplaining: explain)
            let report = inspection.report(on: token.span.bytes, now: .now)
            File.write(Array(report.text.utf8), to: STDOUT_FILENO)
            // For a person alone: what reads the verdicts wants no other lines.
            if !explain, isatty(STDERR_FILENO) == 1, let hint = report.hint { File.complain("hint: \(hint)") }
            return report.isValid
        }
        var areValid = true
        for token in tokens.isEmpty ? ["-"] : tokens {
            let isGood =
                token == "-"
                ? await Self.allInputLines(upTo: Configuration().limits.tokenBytes, satisfy: isValid)
                : isValid(Array(token.utf8))
            areValid = isGood && areValid
        }
        return areValid
    }

    /// Whether something holds of each line of standard input, which is asked as they come.
    ///
    /// - Parameter limit: how many bytes a line may have.
    private static func allInputLines(upTo limit: Int, satisfy isGood: ([UInt8]) async -> Bool) async -> Bool {
        var splitter = LineSplitter(maximumBytes: limit)
        var (areAll, isOpen) = (true, true)
        while isOpen {
            isOpen = false
            var lines: [[UInt8]] = []
            do {
                try FileReader.forEachChunk(of: STDIN_FILENO) { chunk in
                    splitter.append(chunk) { lines.append($0) }
                    isOpen = true
                    return false
                }
            } catch {
                File.complain("standard input can't be read: \(FileError(error))")
                return false
            }
            if !isOpen { splitter.finish { lines.append($0) } }
            for line in lines { areAll = await isGood(line) && areAll }
        }
        return areAll
    }
}

extension PresentedCredential {
    /// Whether its value is to be read from standard input.
    fileprivate var isInput: Bool { value == Array("-".utf8) }
}

extension TokenFacts {
    /// `aud`, unescaped: a string, or those of an array.
    fileprivate var audiences: [[UInt8]] {
        guard let text = payload["aud"] else { return [] }
        var reader = JSONReader(text.span.bytes)
        if let single = try? reader.readString() { return [single.copy()] }
        return (try? reader.readStrings()) ?? []
    }
}

extension [UInt8] {
    /// Without white space and line breaks at both ends.
    fileprivate var trimmed: [UInt8] {
        let start = self[...].drop { $0 <= 0x20 }
        return Array(start.reversed().drop { $0 <= 0x20 }.reversed())
    }
}

extension Algorithm: ExpressibleByArgument {
    package init?(argument: String) {
        self.init { "\($0)" == argument }
    }

    package static var allValueStrings: [String] {
        names.map { "\($0.name)" }
    }
}

extension KeySetError {
    /// What is wrong with the keys, for a person.
    var sentence: String {
        switch self {
        case .tooLong: "it is longer than \(ByteSize.text(KeySet.maximumBytes))"
        case .notJSON: "it is not JSON"
        case .keysTwice: "it has two members keys"
        case .notAKeySet: "it is not a JWK set: {\"keys\":[…]}"
        case .tooManyKeys: "it has more than \(KeySet.maximumKeys) keys"
        case .noUsableKey(let refusals):
            refusals.isEmpty
                ? "it holds no key"
                : "none of its keys can be used: " + refusals.map { "\($0.reason)" }.joined(separator: ", ")
        }
    }
}
