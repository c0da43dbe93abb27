import CEpoll

/// The heap of the process.
package enum Heap {
    /// Gives the pages that hold nothing any more back to the system. It takes milliseconds where much was freed.
    package static func trim() {
        release_memory()
    }
}
