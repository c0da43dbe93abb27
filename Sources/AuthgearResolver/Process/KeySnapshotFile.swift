package import Bytes
import EventLoop
import JOSE
package import KeySets
import Logging
import NIOConcurrencyHelpers
import NIOCore
package import Telemetry

/// The file in which issuers' keys outlive the process (`jwks.snapshot.file`): read once, and written aside, by one thread at a time.
package final class KeySnapshotFile: Sendable {
    private struct Writing {
        var isRunning = false
        /// What is to be written next. What was to be written before it and was not yet, is not written any more.
        var next: [KeptSet]?
    }

    private let path: String
    private let log: LimitedLog
    private let writing = NIOLockedValueBox(Writing())

    package init(path: String, log: LimitedLog) {
        (self.path, self.log) = (path, log)
    }

    /// What the file holds for these issuers. What is wrong with it is told in one line, and keeps nobody from starting.
    package func read(for issuers: [KeySnapshot.Claimant], maxStale: Duration, now: Moment) -> [TakenSet] {
        do throws(SnapshotFault) {
            let taking = try Self.taking(from: path, for: issuers, maxStale: maxStale, now: now)
            guard let taking else { return [] }
            if let words = taking.words { warn(words) }
            for set in taking.sets {
                log.logger.info(
                    "keys taken from the snapshot",
                    metadata: .init([
                        .issuer: set.source.issuer, .count: "\(set.set.keys.count)",
                        .age: "\((now.steady - set.confirmedAt.steady) / 1_000_000_000)",
                    ]))
            }
            return taking.sets
        } catch {
            warn("\(error)")
            return []
        }
    }

    /// The same, told nobody; nil when there is no file.
    package static func taking(
        from path: String, for issuers: [KeySnapshot.Claimant], maxStale: Duration, now: Moment
    ) throws(SnapshotFault) -> KeySnapshot.Taking? {
        guard let bytes = try PrivateFile.contents(of: path, limit: KeySnapshot.maximumBytes) else { return nil }
        return try KeySnapshot(bytes.span.bytes).taken(by: issuers, maxStale: maxStale, now: now)
    }

    private func warn(_ words: String) {
        log.logger.warning("keys of the snapshot are not taken", metadata: .init([.reason: "\(path): \(words)"]))
    }

    /// Writes these sets soon. Doesn't wait for it.
    package func keep(_ sets: [KeptSet]) {
        let begins = writing.withLockedValue { writing in
            writing.next = sets
            defer { writing.isRunning = true }
            return !writing.isRunning
        }
        // Where the system has no thread left, this one has to do.
        if begins, !BlockingThreads.run(writeAll) { writeAll() }
    }

    private func writeAll() {
        while let sets = takeNext() { write(sets) }
    }

    private func takeNext() -> [KeptSet]? {
        writing.withLockedValue { writing in
            if writing.next == nil { writing.isRunning = false }
            return writing.next.take()
        }
    }

    private func write(_ sets: [KeptSet]) {
        let (bytes, leftOut) = KeySnapshot.text(of: sets)
        do throws(FileError) {
            try FileReplacement.write(bytes, to: path, mode: 0o600, keepsOwner: false)
            guard leftOut > 0 else { return }
            complain("there is no room for the keys of \(leftOut) of the issuers: the file has 8 MiB at most")
        } catch {
            complain("it can't be written: \(error)")
        }
    }

    private func complain(_ words: String) {
        log.event(
            .warning, "keys could not be written to the snapshot", at: NIODeadline.now().uptimeNanoseconds
        ) {
            .init([.reason: "\(path): \(words)"])
        }
    }
}

extension KeySnapshot.Taking {
    /// So many sets that are not taken are named.
    private static let mostNamed = 3

    /// What is wrong with the sets that are not taken, for a person; nil when all are.
    package var words: String? {
        guard !faults.isEmpty else { return nil }
        let named = faults.prefix(Self.mostNamed).map { "issuer \"\($0.issuer)\": \($0.fault)" }
        let more = faults.count - named.count
        return (named + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "; ")
    }
}

extension Configuration {
    /// Reads what the process before this one has kept; nil where keys don't outlive a process.
    func keyKeeping(log: LimitedLog) -> KeyKeeping? {
        guard let path = jwks.snapshotFile else { return nil }
        let file = KeySnapshotFile(path: path, log: log)
        return KeyKeeping(
            taken: file.read(for: keyClaimants, maxStale: jwks.maxStale, now: .now), clock: { .now }, keep: file.keep)
    }

    /// Those whose keys may be in a snapshot.
    package var keyClaimants: [KeySnapshot.Claimant] {
        issuersWithKeys.map { KeySnapshot.Claimant($0.source, leeway: $0.leeway) }
    }
}

extension Moment {
    /// The steady clock first: what lies between the two makes an age longer, and not shorter.
    static var now: Moment {
        Moment(steady: steadyNanoseconds(), timestamp: civilTime())
    }
}
