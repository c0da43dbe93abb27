import Bytes
import JOSE

/// What a request has to prove possession with, as places in bytes: of its head, or of what is kept of it.
struct PresentedProof: Sendable {
    /// A field that may come once.
    enum Field: Sendable {
        case missing
        case several
        case at(FieldValue)
    }

    /// The client's own method, and its path and query; nil where the gateway did not hand them on.
    private(set) var method: FieldValue?
    private(set) var target: FieldValue?
    /// `DPoP`.
    private(set) var proof = Field.missing
    /// What the gateway says of the client's certificate; an empty field is a missing one.
    private(set) var certificate = Field.missing
    /// When its request came.
    let arrivedAt: Timestamp

    init(_ fields: RequestFields, arrivedAt: Timestamp) {
        self.arrivedAt = arrivedAt
        method = fields.single(.originalMethod)
        target = fields.single(.originalURI)
        proof = fields.isRepeated(.proof) ? .several : fields.place(of: .proof).map(Field.at) ?? .missing
        certificate =
            fields.isRepeated(.certificate) ? .several : fields[.certificate].map(Field.at) ?? .missing
    }

    /// Whether a field is a list: who joins two fields to one writes it so.
    static func isList(_ field: RawSpan) -> Bool { field.firstIndex(of: UInt8(ascii: ",")) != nil }

    /// A copy whose places are in bytes of its own: what a request keeps that waits.
    func kept(of head: RawSpan) -> KeptProof {
        var (copy, bytes) = (self, [UInt8]())
        func keep(_ place: FieldValue, limit: Int) -> FieldValue {
            let start = bytes.count
            // One byte too many is enough to be too long.
            bytes.append(copying: head.extracting(place.range.prefix(limit + 1)))
            return FieldValue(start: start, end: bytes.count)
        }
        copy.method = method.map { keep($0, limit: RequestFields.Further.originalMethod.maximumLength) }
        copy.target = target.map { keep($0, limit: RequestFields.Further.originalURI.maximumLength) }
        if case .at(let place) = proof {
            // What is cut off must not be what tells that it is a list.
            let isList = Self.isList(head.extracting(place.range))
            copy.proof = isList ? .several : .at(keep(place, limit: DPoPProof.maximumBytes))
        }
        if case .at(let place) = certificate {
            copy.certificate = .at(keep(place, limit: ClientCertificateRules.maximumBytes))
        }
        return KeptProof(proof: copy, bytes: bytes)
    }
}

/// What a request that waits has to prove possession with. An object, so that it moves one reference.
final class KeptProof: Sendable {
    let proof: PresentedProof
    let bytes: [UInt8]

    fileprivate init(proof: PresentedProof, bytes: [UInt8]) {
        self.proof = proof
        self.bytes = bytes
    }
}
