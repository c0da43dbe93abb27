import Glibc

/// Threads for what blocks and is rare, such as the system's resolver: one for each call, which ends with it.
package enum BlockingThreads {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs a body on a thread of its own; on the caller's when the system has none left.
    package static func run(_ body: @escaping @Sendable () -> Void) {
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
        if status != 0 { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
    }
}
