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
            authgear-resolver inspect --config FILE --token TOKEN
            authgear-resolver inspect --config FILE --cookie NAME=VALUE
            authgear-resolver inspect --config FILE --policy NAME [--token TOKEN] [--cookie NAME=VALUE] [TOKEN ...]
            authgear-resolver inspect --config FILE [--explain] [TOKEN ...]
            authgear-resolver inspect --jwks FILE --issuer I --audience A [--explain] [TOKEN ...]
            authgear-resolver inspect --jwks FILE --signature-only [--explain] [TOKEN ...]
            """,
        discussion: """
            Each token gets one line, in order: "valid", or "invalid" and the reason. Tokens are arguments or, without any, \
            lines of standard input, where they don't show in the list of processes. Empty lines are left out; a line \
            that is longer than a token may be is invalid. With --explain, each check that was made follows in words, then the \
            headers that a gateway would be given.

            With --config the issuers' terms and keys are those of a configuration; keys are fetched once.

            With --token or --cookie, one credential of any kind is decided on as the service does: the records that it leads to \
            are read from the configured store, and Authgear is asked where it would be. Each step follows, each check of a \
            record, and the answer. A value of "-" is read from standard input: --token -, --cookie session=-. The first line \
            is "valid", "invalid" or "unknown" with the reason, or "none" for what is no credential here.

            With --policy, a valid credential is judged by that access policy as well, and each of its conditions follows; \
            where one does not hold, the first line is "invalid" and its reason. Tokens are then looked up as those of \
            --token are.

            The exit status is 0 when all are valid, 1 when one is not (or could not be checked) or the keys can't be read, \
            and 64 when the arguments are wrong.
            """)

    @Option(help: ArgumentHelp("The configuration file, whose issuers are asked for their keys.", valueName: "file"))
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
        if isLookUp { try validateLookUp() }
        guard config == nil else {
            guard jwks == nil, issuer == nil, audience.isEmpty, algorithm.isEmpty, !signatureOnly else {
                throw ValidationError("--config says all that --jwks, --issuer, --audience and --algorithm do.")
            }
            return
        }
        guard jwks != nil else { throw ValidationError("--config or --jwks is needed.") }
        guard !signatureOnly else { return }
        guard issuer != nil, !audience.isEmpty else {
            throw ValidationError("--issuer and --audience are needed, unless it is --signature-only.")
        }
    }

    /// Whether a store is to be asked.
    private var isLookUp: Bool { !token.isEmpty || !cookie.isEmpty || policy != nil }

    private func validateLookUp() throws {
        guard config != nil else {
            throw ValidationError(
                "--token, --cookie and --policy are about a configuration and its store: --config is needed.")
        }
        let count = token.count + cookie.count + tokens.count
        guard count > 0 else { throw ValidationError("--policy judges a credential: give a token or a --cookie.") }
        guard count == 1 || policy != nil && !(token + tokens + cookie.map { "=" + $0 }).contains(where: \.isInput)
        else {
            throw ValidationError(
                policy == nil
                    ? "One credential at a time: one --token, or one --cookie, and no other."
                    : "One credential alone can come from standard input.")
        }
        guard cookie.allSatisfy({ PresentedCredential(cookie: $0) != nil }) else {
            throw ValidationError("--cookie takes NAME=VALUE, such as session=VALUE, or session=- for standard input.")
        }
    }

    func run() async throws {
        guard !isLookUp else { return try await lookUp() }
        let inspection = try await inspection()
        let areValid =
            tokens.isEmpty ? try judgeInput(by: inspection) : judge(tokens.map { Array($0.utf8) }, by: inspection)
        guard areValid else { throw ExitCode(1) }
    }

    private func inspection() async throws -> Inspection {
        guard let config else {
            return Inspection(keys: try keySet(fromFile: jwks ?? ""), scope: scope, isExplaining: explain)
        }
        let configuration = try ConfigurationOption.read(from: config)
        guard !configuration.issuersWithKeys.isEmpty else {
            File.complain("\(config): there are no issuers with keys in it, so no JWT is valid")
            throw ExitCode(1)
        }
        let keySets = await fetchedKeySets(of: configuration)
        guard keySets.contains(where: { $0 != nil }) else { throw ExitCode(1) }
        return Inspection(configuration, keySets: keySets, isExplaining: explain)
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

    private func lookUp() async throws {
        let configuration = try ConfigurationOption.read(from: config ?? "")
        let policy = try accessPolicy(of: configuration)
        let apiTokens = try apiTokens(of: configuration)
        let credentials = try presentedCredentials(limit: configuration.limits.headerBytes)
        if let problem = credentials.lazy.compactMap(\.problem).first {
            throw ValidationError("The credential can't be presented: \(problem).")
        }
        let hasJWT = credentials.contains { $0.kind(in: configuration) == .token }
        let keySets = hasJWT ? await fetchedKeySets(of: configuration) : configuration.issuersWithKeys.map { _ in nil }
        do {
            var areValid = true
            try await InspectionSources.with(configuration) { sources in
                let inspection = CredentialInspection(
                    configuration, keySets: keySets, policy: policy, apiTokens: apiTokens, asking: sources)
                for credential in credentials {
                    let report = await inspection.report(on: credential, clock: { .now })
                    File.write(Array(report.text.utf8), to: STDOUT_FILENO)
                    areValid = report.isValid && areValid
                }
            }
            guard areValid else { throw ExitCode(1) }
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
        throw ValidationError("The configuration has no policy \(Reader.quote(name)): \(known).")
    }

    /// What `--token`, `--cookie` and the arguments say; of standard input, without the white space around it.
    private func presentedCredentials(limit: Int) throws -> [PresentedCredential] {
        let tokens = (token + tokens).map { PresentedCredential.token(Array($0.utf8)) }
        return try (cookie.compactMap(PresentedCredential.init(cookie:)) + tokens).map { credential in
            guard credential.value == Array("-".utf8) else { return credential }
            do {
                return credential.with(value: try File.contents(of: STDIN_FILENO, limit: limit).trimmed)
            } catch {
                File.complain("standard input can't be read: \(error)")
                throw ExitCode(1)
            }
        }
    }

    private var scope: Inspection.Scope {
        guard !signatureOnly else { return .signature }
        let allowed = AlgorithmSet(algorithm.isEmpty ? [.rs256] : algorithm)
        let leeway = Configuration.Issuer(identifier: "", audiences: []).leeway
        return .everything(
            TrustedIssuer(identifier: issuer ?? "", audiences: audience, algorithms: allowed, leeway: leeway))
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

    /// Judges what comes from standard input, line by line as it comes.
    private func judgeInput(by inspection: Inspection) throws -> Bool {
        var splitter = LineSplitter(maximumBytes: inspection.maximumTokenBytes)
        var areValid = true
        do {
            try FileReader.forEachChunk(of: STDIN_FILENO) { chunk in
                var lines: [[UInt8]] = []
                splitter.append(chunk) { lines.append($0) }
                areValid = judge(lines, by: inspection) && areValid
                return true
            }
        } catch {
            File.complain("standard input can't be read: \(FileError(error))")
            throw ExitCode(1)
        }
        splitter.finish { areValid = judge([$0], by: inspection) && areValid }
        return areValid
    }

    /// Prints the verdicts; whether all are `valid`.
    private func judge(_ tokens: [[UInt8]], by inspection: Inspection) -> Bool {
        let reports = tokens.map { inspection.report(on: $0.span.bytes, now: .now) }
        File.write(Array(reports.map(\.text).joined().utf8), to: STDOUT_FILENO)
        // For a person alone: what reads the verdicts wants no other lines.
        if !explain, isatty(STDERR_FILENO) == 1 {
            for hint in reports.compactMap(\.hint) { File.complain("hint: \(hint)") }
        }
        return reports.allSatisfy(\.isValid)
    }
}

extension String {
    /// Whether the value that it ends with is to be read from standard input.
    fileprivate var isInput: Bool { self == "-" || hasPrefix("=") && hasSuffix("=-") }
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
