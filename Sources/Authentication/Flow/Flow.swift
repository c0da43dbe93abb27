import Bytes
import JOSE

/// The decision on one credential, while it waits for an effect.
enum Flow {
    /// A JWT whose key is looked for.
    case token(KeylessToken)
    /// A credential whose records are read.
    case records(SessionChain)
    /// A credential that Authgear is asked about, in place of a store.
    case question(AskedCredential)
    /// A credential that a server is asked about, which answers with claims.
    case claims(AskedClaims)

    /// How many bytes of the request it keeps.
    var memory: Int {
        switch self {
        case .token(let token): token.bytes.count + (token.question?.memory ?? 0)
        case .records(let chain): chain.credential.memory
        case .question(let asked): asked.credential.memory
        case .claims(let asked): asked.credential.memory + (asked.statement?.memory ?? 0)
        }
    }
}

/// A JWT whose key is looked for among those of an issuer. An object, as a `SessionChain` is.
final class KeylessToken {
    let bytes: [UInt8]
    let digest: SHA256Digest
    let question: AuthgearQuestion?
    let issuer: IssuerID

    init(_ bytes: [UInt8], digest: SHA256Digest, question: AuthgearQuestion?, of issuer: IssuerID) {
        self.bytes = bytes
        self.digest = digest
        self.question = question
        self.issuer = issuer
    }
}

/// How far the decision on one credential has come.
enum FlowStep {
    /// It goes on with the reply to the effect.
    ///
    /// - Parameter prefetch: what it is likely to ask for next: who reads it now spares a wait.
    case need(Effect, prefetch: [RecordQuery] = [])
    /// The credential is good. What it rests on says for how long the answer is (`SessionChain.evidence`).
    case authenticated(Principal)
    case rejected(RecordRefusal)
    case indeterminate(UnknownReason)
    /// The credential is good, and the user's id can't be stated.
    case unanswerable(AnswerFault)
}

/// How far one credential has come.
enum Attempt: ~Copyable {
    /// It is valid, for a sender who proves that he has its keys: before that nothing is answered, and nothing done beside.
    ///
    /// - Parameters:
    ///   - of: the credential's digest.
    ///   - then: what is done once the answer is given.
    case answer(Answer, of: SHA256Digest, then: Afterwards = .nothing)
    /// It is not, or could not be checked, or is no credential, as the findings say: the next one is tried.
    case pass
    case wait(Effect, prefetch: [RecordQuery], Flow)
}

/// What the use of a credential has others do. It keeps sessions alive and asks servers, so only its owner's use does.
enum Afterwards {
    case nothing
    /// The answer is from memory, and old: a server is asked again about the token.
    case renewal(of: [UInt8], isCompact: Bool)
    /// Of the session that it rests on, whose user this is.
    case use(of: SessionChain, by: [UInt8])
}

/// Who a credential turned out to be.
enum Principal {
    /// Whom a session's records name: the IdP session, or the part of an offline grant that is the same. Without a user when
    /// that is missing and the session alone has to do.
    case records(SessionRecord, UserRecord?)
    /// Whom Authgear named when it was asked. Indirect, so that the other, which most are, is two words.
    indirect case asked(Identity)

    var userID: [UInt8] {
        switch self {
        case .records(let session, _): session.userID
        case .asked(let identity): identity.userID
        }
    }

    /// Whether all that is known of the user is missing, as where `sessions.missing_user` is `partial`.
    var lacksUser: Bool {
        if case .records(let session, nil) = self { !session.claims.describeUser } else { false }
    }

    var identity: Identity {
        switch self {
        case .records(let session, let user): user.map { Identity(session, user: $0) } ?? Identity(session)
        case .asked(let identity): identity
        }
    }
}

/// A credential that Authgear is asked about, in place of a store. An object, as a `SessionChain` is.
final class AskedCredential {
    let credential: Credential
    /// What the answer rests on beside Authgear's word: a JWT's key and expiry.
    let evidence: Evidence
    /// Whom the credential itself names; nil when it names nobody.
    let subject: [UInt8]?
    /// All that a JWT says; nil for every other credential, and where nobody asks for it.
    let statement: MappedClaims?
    /// What a JWT's sender has to prove; nil: nothing.
    let binding: KeyBinding?

    /// - Parameters:
    ///   - grant: what was verified of a JWT.
    ///   - policy: by which sessions are judged.
    init(_ credential: Credential, grant: VerifiedGrant? = nil, under policy: UInt32) {
        self.credential = credential
        evidence = grant?.evidence(under: policy) ?? Evidence(under: policy)
        subject = grant?.subject
        statement = grant?.statement
        binding = grant?.binding
    }

    /// Which credential it is, for what is counted.
    var kind: RefusedCredential { credential.kind }
    /// What its answer is kept under.
    var key: SHA256Digest { credential.key }
}
