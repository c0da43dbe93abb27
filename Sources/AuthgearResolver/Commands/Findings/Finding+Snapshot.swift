package import Bytes
import Glibc
import JOSE
import KeySets

extension Finding {
    /// What becomes of the file in which keys outlive the process; nothing where none is configured. What is wrong with what it holds
    /// keeps nobody from starting, and is no fault; that it can't be written is one.
    package static func snapshot(of configuration: Configuration, now: Moment) -> [Finding] {
        guard let path = configuration.jwks.snapshotFile else { return [] }
        let (subject, folder) = ("jwks.snapshot.file \(path)", File.folder(of: path))
        guard unsafe access(folder, W_OK | X_OK) == 0 else {
            let reason = FileError.current.description
            return [Finding(subject, isSound: false, result: "no file can be written in \(folder): \(reason)")]
        }
        do throws(SnapshotFault) {
            let taking = try KeySnapshotFile.taking(
                from: path, for: configuration.keyClaimants, maxStale: configuration.jwks.maxStale, now: now)
            guard let taking else { return [Finding(subject, isSound: true, result: "not there yet")] }
            let sets = taking.sets.map { set in
                let confirmed = set.confirmedAt.timestamp.distance(from: now.timestamp) ?? "long ago"
                let keys = count(set.set.keys.count, of: "key")
                return Finding(
                    subject, isSound: true, result: "\(keys) of issuer \(set.source.issuer), confirmed at \(confirmed)")
            }
            return sets + [taking.words].compactMap(\.self).map { .hint(on: subject, "not taken: \($0)") }
        } catch {
            return [.hint(on: subject, "not taken: \(error)")]
        }
    }
}
