import Bytes
import Glibc
import SwiftOverlayShims  // Where optimised builds see `stat`.

/// Replaces a file whole: who reads it has the old bytes or the new ones, also when the machine stops in between.
enum FileReplacement {
    /// - Parameters:
    ///   - path: of the file, which need not be there yet; its folder has to.
    ///   - mode: the new file's permissions; nil: those of the old one, or as the process makes files.
    ///   - keepsOwner: whether it belongs to whom the old one belongs to; else it is this process' user's.
    static func write(
        _ bytes: [UInt8], to path: String, mode: mode_t? = nil, keepsOwner: Bool = true
    ) throws(FileError) {
        // In the same folder, for a rename is atomic within one file system alone.
        let temporary = "\(path).new.\(getpid())"
        // One that a process with this number left behind when it was killed; in a container all have the same.
        unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ?? 0o666)
        guard descriptor >= 0 else { throw .current }
        do throws(FileError) {
            defer { close(descriptor) }
            var status = stat()
            let isThere = unsafe stat(path, &status) == 0
            let kept = isThere ? status.st_mode & 0o7777 : nil
            // Whoever reads the old one must be able to read the new one. First, because it may take bits off the mode.
            if isThere, keepsOwner, status.st_uid != geteuid() || status.st_gid != getegid(),
                fchown(descriptor, status.st_uid, status.st_gid) != 0
            {
                throw .current
            }
            if let mode = mode ?? kept, fchmod(descriptor, mode) != 0 { throw .current }
            try write(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw .current }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let error = FileError.current
            unsafe unlink(temporary)
            throw error
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .current }
            rest = rest.dropFirst(count)
        }
    }
}
