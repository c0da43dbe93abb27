package import Bytes
import JOSE

/// Sets of keys as one text that outlives the process (contract section 5): what it says, and whether all of it is there. Whether a set
/// may be used is another question (`taken(by:maxStale:now:)`).
///
///     {"format":1,"sha256":"<of the bytes of issuers>","issuers":[{"issuer":…,"source":…,"confirmed_at":…,"jwks":…}]}
package struct KeySnapshot: Sendable {
    /// The longest text that is read or written, in bytes.
    package static let maximumBytes = 8 << 20
    /// The one format that there is.
    private static let format: Int64 = 1

    /// In the order of the text.
    package let sets: [KeptSet]

    /// The text of these sets. Those for which there is no room are left out.
    package static func text(of sets: [KeptSet]) -> (bytes: [UInt8], leftOut: Int) {
        // For all that stands around the list.
        let room = maximumBytes - 256
        var list = [UInt8(ascii: "[")]
        var leftOut = 0
        for set in sets {
            let entry = set.text
            guard list.count + entry.count + 2 <= room else {
                leftOut += 1
                continue
            }
            if list.count > 1 { list.append(UInt8(ascii: ",")) }
            list += entry
        }
        list.append(UInt8(ascii: "]"))
        var writer = JSONWriter()
        writer.append("{\"format\":1,\"sha256\":")
        writer.append(string: SHA256Digest(of: list.span.bytes).hexBytes)
        writer.append(",\"issuers\":")
        return (writer.bytes + list + [UInt8(ascii: "}"), UInt8(ascii: "\n")], leftOut)
    }

    /// Reads a text, which may be anything.
    package init(_ text: RawSpan) throws(SnapshotFault) {
        guard text.byteCount <= Self.maximumBytes else { throw .tooLarge }
        guard text.byteCount > 0 else { throw .torn }
        let outline: Outline
        do throws(JSONError) { outline = try Outline(of: text) } catch { throw SnapshotFault(error) }
        // First: another format may have its digest elsewhere.
        guard outline.counts.format == 1, let format = outline.format else { throw .notASnapshot }
        guard format == Self.format else { throw .format }
        guard outline.counts == (1, 1, 1), let digest = outline.digest, let issuers = outline.issuers else {
            throw .notASnapshot
        }
        let list = text.extracting(issuers)
        guard SHA256Digest(of: list).equalsHex(digest.span.bytes) else { throw .digest }
        let sets: [KeptSet]?
        do throws(JSONError) { sets = try Self.sets(in: list) } catch { throw SnapshotFault(error) }
        guard let sets else { throw .notASnapshot }
        self.sets = sets
    }

    /// Nil when an element is no set.
    private static func sets(in list: RawSpan) throws(JSONError) -> [KeptSet]? {
        var reader = JSONReader(list, deepValues: .passedOver)
        guard try reader.enterArray() else { return nil }
        var sets: [KeptSet] = []
        var areAll = true
        while try reader.nextElement() {
            guard let set = try KeptSet(from: &reader, in: list) else {
                areAll = false
                continue
            }
            sets.append(set)
        }
        try reader.finish()
        return areAll ? sets : nil
    }

    /// The members of the text's object. Others are nobody's business.
    private struct Outline {
        var format: Int64?
        var digest: [UInt8]?
        var issuers: Range<Int>?
        /// How often each is there. Of two, nobody could tell which one is meant.
        var counts = (format: 0, digest: 0, issuers: 0)

        init(of text: RawSpan) throws(JSONError) {
            // A key set may be nested as deep as its own reader allows, and stands three levels deeper here.
            var reader = JSONReader(text, deepValues: .passedOver)
            if try reader.enterObject() {
                while let name = try reader.nextMember() {
                    if name.equals("format") {
                        counts.format += 1
                        format = try reader.readNumber()?.int64
                    } else if name.equals("sha256") {
                        counts.digest += 1
                        digest = try reader.readString()?.copy()
                    } else if name.equals("issuers") {
                        counts.issuers += 1
                        issuers = try reader.readRawValue()
                    }
                }
            }
            try reader.finish()
        }
    }
}

/// One issuer's keys, as a snapshot has them.
package struct KeptSet: Hashable, Sendable {
    /// The issuer's identifier.
    package var issuer: [UInt8]
    /// Where the keys came from (`KeySource.name`).
    package var source: [UInt8]
    /// When that was said last: in whole seconds, rounded down.
    package var confirmedAt: Timestamp
    /// The set as it came: a JSON object.
    package var jwks: [UInt8]

    package init(issuer: [UInt8], source: [UInt8], confirmedAt: Timestamp, jwks: [UInt8]) {
        (self.issuer, self.source, self.jwks) = (issuer, source, jwks)
        self.confirmedAt = Timestamp(seconds: confirmedAt.seconds)
    }

    init(of source: KeySource, jwks: [UInt8], confirmedAt: Timestamp) {
        self.init(
            issuer: Array(source.issuer.utf8), source: Array(source.name.utf8), confirmedAt: confirmedAt, jwks: jwks)
    }

    /// Reads the object that comes next; nil when the value is something else, or lacks a member.
    fileprivate init?(from reader: inout JSONReader, in list: RawSpan) throws(JSONError) {
        var (issuer, source): ([UInt8]?, [UInt8]?)
        var (confirmedAt, jwks): (Timestamp?, Range<Int>?)
        var counts = (0, 0, 0, 0)
        guard try reader.enterObject() else {
            try reader.skipUnread()
            return nil
        }
        while let name = try reader.nextMember() {
            if name.equals("issuer") {
                counts.0 += 1
                issuer = try reader.readString()?.copy()
            } else if name.equals("source") {
                counts.1 += 1
                source = try reader.readString()?.copy()
            } else if name.equals("confirmed_at") {
                counts.2 += 1
                confirmedAt = try reader.readNumber()?.timestamp
            } else if name.equals("jwks") {
                counts.3 += 1
                jwks = reader.kind == .object ? try reader.readRawValue() : nil
            }
        }
        guard counts == (1, 1, 1, 1), let issuer, let source, let confirmedAt, let jwks else { return nil }
        self.init(
            issuer: issuer, source: source, confirmedAt: confirmedAt, jwks: [UInt8](copying: list.extracting(jwks)))
    }

    fileprivate var text: [UInt8] {
        var writer = JSONWriter()
        writer.append("{\"issuer\":")
        writer.append(string: issuer)
        writer.append(",\"source\":")
        writer.append(string: source)
        writer.append(",\"confirmed_at\":")
        writer.append(confirmedAt.seconds)
        writer.append(",\"jwks\":")
        return writer.bytes + jwks + [UInt8(ascii: "}")]
    }
}
