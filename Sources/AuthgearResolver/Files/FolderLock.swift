import Glibc

/// Keeps other processes that ask for the same out while a file of a folder is read, changed and replaced. The file itself can't be
/// locked: who waits for it would have the one of before.
struct FolderLock: ~Copyable {
    private let descriptor: CInt

    /// Waits for who has it.
    init(folderOf path: String) throws(FileError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? "."
        descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .current }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let error = FileError.current
                close(descriptor)
                throw error
            }
        }
    }

    deinit { close(descriptor) }
}
