package import Bytes
package import JOSE

extension KeySnapshot {
    /// An issuer that may have a set in a snapshot.
    package struct Claimant: Sendable {
        package var source: KeySource
        /// How far its clock and ours may be apart.
        package var leeway: Duration

        package init(_ source: KeySource, leeway: Duration) {
            (self.source, self.leeway) = (source, leeway)
        }
    }

    /// What became of the sets of a snapshot.
    package struct Taking: Sendable {
        package var sets: [TakenSet] = []
        /// Those that were not taken: the issuer's name as far as it is printable ASCII, cut after 200 bytes, and why.
        package var faults: [(issuer: String, fault: KeptSetFault)] = []
    }

    /// Takes the sets that may be used.
    ///
    /// - Parameters:
    ///   - issuers: no two with the same identifier.
    ///   - maxStale: how long a set may be used after it was last confirmed.
    package func taken(by issuers: [Claimant], maxStale: Duration, now: Moment) -> Taking {
        var taking = Taking()
        for set in sets {
            do throws(KeptSetFault) {
                guard let issuer = issuers.first(where: { Array($0.source.issuer.utf8) == set.issuer }) else {
                    throw .otherIssuer
                }
                guard !taking.sets.contains(where: { $0.source == issuer.source }) else { throw .twice }
                taking.sets.append(try set.taken(by: issuer, maxStale: maxStale, now: now))
            } catch {
                taking.faults.append((String(printable: set.issuer), error))
            }
        }
        return taking
    }
}

/// A set that the process before this one had, and that may be used still.
package struct TakenSet: Sendable {
    package var source: KeySource
    package var set: KeySet
    /// The set as it came.
    package var jwks: [UInt8]
    /// When it was last confirmed, on both clocks: on the steady one it may be before its zero.
    package var confirmedAt: Moment

    package init(source: KeySource, set: KeySet, jwks: [UInt8], confirmedAt: Moment) {
        (self.source, self.set, self.jwks, self.confirmedAt) = (source, set, jwks, confirmedAt)
    }
}

extension KeptSet {
    fileprivate func taken(
        by issuer: KeySnapshot.Claimant, maxStale: Duration, now: Moment
    ) throws(KeptSetFault) -> TakenSet {
        guard Array(issuer.source.name.utf8) == source else { throw .otherSource }
        guard confirmedAt <= now.timestamp + issuer.leeway else { throw .inFuture }
        guard now.timestamp < confirmedAt + maxStale else { throw .tooOld }
        let keys: KeySet
        do throws(KeySetError) { keys = try KeySet(jwks: jwks.span.bytes) } catch { throw .keys(error) }
        // A clock that was ahead makes no key younger than new.
        let age = max(0, now.timestamp.microseconds - confirmedAt.microseconds)
        let steady = now.steady.addingSaturated(-Duration.microseconds(age).nanoseconds)
        return TakenSet(
            source: issuer.source, set: keys, jwks: jwks,
            confirmedAt: Moment(steady: steady, timestamp: min(confirmedAt, now.timestamp)))
    }
}
