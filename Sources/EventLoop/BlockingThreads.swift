import Glibc

/// Threads for what blocks and is rare, such as the system's resolver: one for each call, which ends with it.
package enum BlockingThreads {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs a body on a thread of its own.
    ///
    /// - Returns: whether it runs: false when the system has no thread left.
    package static func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        var attributes = pthread_attr_t()
        var thread = pthread_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let status = unsafe pthread_create(
            &thread, &attributes,
            { work in
                guard let work = unsafe work else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
                return nil
            }, work)
        unsafe pthread_attr_destroy(&attributes)
        guard status == 0 else {
            unsafe Unmanaged<Work>.fromOpaque(work).release()
            return false
        }
        return true
    }
}
