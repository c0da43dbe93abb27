import ArgumentParser
import Authentication
import Bytes
import Glibc

/// `token`: makes, rotates and revokes API tokens.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make, rotate and revoke API tokens.",
        discussion: """
            They change the file that tokens.static.file names, and a process that runs takes the change within a second. Secrets are \
            printed once; the file has their digests. The exit status is 1 when the file has an error, or the token is not what \
            it should be; then nothing changes.
            """,
        subcommands: [New.self, Rotate.self, Revoke.self])

    /// The options that all of them have.
    struct Target: ParsableArguments {
        @Option(help: ArgumentHelp("The file that lists the tokens.", valueName: "file"))
        var file: String

        @Option(help: ArgumentHelp("What the token is called.", valueName: "id"))
        var id: String

        /// Changes the file, or says why that can't be done.
        func change(isMade: Bool = false, _ body: (APITokenEdit) throws(APITokenEditError) -> String) throws {
            do throws(APITokenChangeError) {
                try APITokenFile(path: file).change(isMade: isMade, body)
            } catch {
                File.complain("\(error)")
                throw ExitCode(1)
            }
        }
    }

    /// When a secret ends.
    enum Lifetime: ExpressibleByArgument {
        case none
        case span(Duration)

        init?(argument: String) {
            if argument == "none" {
                self = .none
            } else if let span = Duration(text: argument), (.seconds(1) ... .seconds(36_500 * 86_400)).contains(span) {
                self = .span(span)
            } else {
                return nil
            }
        }

        /// Whole seconds.
        func end(from now: Timestamp) -> Timestamp? {
            switch self {
            case .none: nil
            case .span(let span): Timestamp(seconds: (now + span).seconds)
            }
        }
    }

    /// How long the secret of before works on.
    struct Overlap: ExpressibleByArgument {
        let span: Duration

        init(span: Duration) { self.span = span }

        var defaultValueDescription: String { span.text }

        init?(argument: String) {
            guard let span = Duration(text: argument), span <= .seconds(3_650 * 86_400) else { return nil }
            self.span = span
        }
    }

    fileprivate static let lifetimeHelp = ArgumentHelp(
        "How long its secret works, such as 90d, or none for one that never ends.", valueName: "duration")

    fileprivate static func print(_ line: String) { File.write(Array("\(line)\n".utf8), to: STDOUT_FILENO) }
}

extension TokenCommand {
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a token, and print its secret.", discussion: "The file is made when there is none.")

        @OptionGroup var target: Target

        @Option(help: ArgumentHelp("As whom it acts.", valueName: "user id"))
        var user: String

        @Option(help: ArgumentHelp("Its roles, separated by commas.", valueName: "roles"))
        var roles: String?

        @Option(help: ArgumentHelp("Its scopes, for access policies, separated by commas.", valueName: "scopes"))
        var scopes: String?

        @Option(help: TokenCommand.lifetimeHelp)
        var expires: Lifetime

        func validate() throws {
            try Self.check(target.id, as: .apiTokenID, option: "id")
            try Self.check(user, as: .userID, option: "user")
            for role in Self.items(of: roles) { try Self.check(role, as: .role, option: "roles") }
            for scope in Self.items(of: scopes) { try Self.check(scope, as: .scope, option: "scopes") }
        }

        func run() throws {
            let secret = APITokenSecret()
            var token = APIToken(
                id: target.id, userID: Array(user.utf8),
                secrets: [APIToken.Secret(digest: secret.digest, expiresAt: expires.end(from: .now))])
            token.roles = Self.items(of: roles).map { Array($0.utf8) }
            token.scopes = Self.items(of: scopes).map { Array($0.utf8) }
            try target.change(isMade: true) { [token] list throws(APITokenEditError) in try list.adding(token) }
            TokenCommand.print(secret.text)
        }

        /// Each once.
        private static func items(of list: String?) -> [String] {
            guard let list, !list.isEmpty else { return [] }
            var items: [String] = []
            for item in list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            where !items.contains(item) {
                items.append(item)
            }
            return items
        }

        private static func check(_ text: String, as form: Form<String>, option: String) throws {
            do throws(Misfit) {
                _ = try form.parse(text)
            } catch {
                throw ValidationError(
                    "--\(option): \(Reader.quote(text)) \(error.predicate); allowed: \(error.allowed ?? form.allowed)")
            }
        }
    }

    struct Rotate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a token a second secret, print it, and end the first one after the overlap.")

        @OptionGroup var target: Target

        @Option(
            help: ArgumentHelp(
                "How long the secret of before works on, at most; 0s ends it now.", valueName: "duration"))
        var overlap = Overlap(span: .seconds(86_400))

        @Option(help: TokenCommand.lifetimeHelp)
        var expires: Lifetime

        func run() throws {
            let (secret, now) = (APITokenSecret(), Timestamp.now)
            let end = Timestamp(seconds: (now + overlap.span).seconds)
            let next = APIToken.Secret(digest: secret.digest, expiresAt: expires.end(from: now))
            try target.change { list throws(APITokenEditError) in
                try list.rotating(target.id, to: next, ending: end, now: now)
            }
            TokenCommand.print(secret.text)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a token out of the file.")

        @OptionGroup var target: Target

        func run() throws {
            try target.change { list throws(APITokenEditError) in try list.removing(target.id) }
            TokenCommand.print("revoked \(target.id)")
        }
    }
}
