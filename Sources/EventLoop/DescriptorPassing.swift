import Glibc

/// Descriptors that go from one process to another over a Unix socket, beside bytes (`SCM_RIGHTS`, unix(7)).
///
/// What C has macros for (cmsg(3)), which Swift does not see, is written here: one `cmsghdr` of two aligned words, and the descriptors behind it.
package enum DescriptorPassing {
    /// The most in one message, by the system.
    package static let limit = 253

    private static let headerSize = (MemoryLayout<cmsghdr>.size + wordSize - 1) / wordSize * wordSize
    private static let wordSize = MemoryLayout<Int>.size
    private static let descriptorSize = MemoryLayout<CInt>.size

    /// Sends bytes, and the descriptors with the first of them. The sender keeps its own.
    ///
    /// - Returns: how many bytes were taken; below 0 none, and `errno` says why.
    package static func send(_ bytes: [UInt8], with descriptors: [CInt], over socket: CInt) -> Int {
        guard descriptors.count <= limit else {
            errno = EINVAL
            return -1
        }
        var bytes = bytes
        return unsafe withMessage(&bytes, room: descriptors.count) { message in
            if let control = unsafe message.msg_control {
                var header = cmsghdr()
                header.cmsg_len = headerSize + descriptors.count * descriptorSize
                (header.cmsg_level, header.cmsg_type) = (SOL_SOCKET, CInt(SCM_RIGHTS))
                unsafe control.storeBytes(of: header, as: cmsghdr.self)
                for (number, descriptor) in descriptors.enumerated() {
                    let place = headerSize + number * descriptorSize
                    unsafe control.storeBytes(of: descriptor, toByteOffset: place, as: CInt.self)
                }
            }
            return unsafe sendmsg(socket, &message, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    /// What has come: bytes, at most as many as there is room for, and descriptors, which the caller owns and no program that this one starts
    /// has.
    ///
    /// - Returns: nil when nothing has come, and `errno` says why; `descriptors` is nil when some were lost.
    package static func receive(room: Int, from socket: CInt) -> (bytes: [UInt8], descriptors: [CInt]?)? {
        var bytes = [UInt8](repeating: 0, count: room)
        var descriptors: [CInt]? = []
        let count = unsafe withMessage(&bytes, room: limit) { message in
            let count = unsafe recvmsg(socket, &message, CInt(MSG_CMSG_CLOEXEC))
            if count >= 0 { descriptors = unsafe taken(from: message) }
            return count
        }
        guard count >= 0 else { return nil }
        bytes.removeLast(room - count)
        return (bytes, descriptors)
    }

    /// Nil when some were lost; then the others are closed.
    private static func taken(from message: msghdr) -> [CInt]? {
        var descriptors: [CInt] = []
        if let control = unsafe message.msg_control, unsafe message.msg_controllen >= headerSize {
            // A socket between processes brings at most one header: only descriptors were asked for.
            let header = unsafe control.load(as: cmsghdr.self)
            if header.cmsg_level == SOL_SOCKET, header.cmsg_type == CInt(SCM_RIGHTS) {
                for place in stride(from: headerSize, to: Int(header.cmsg_len), by: descriptorSize) {
                    descriptors.append(unsafe control.load(fromByteOffset: place, as: CInt.self))
                }
            }
        }
        guard unsafe message.msg_flags & CInt(MSG_CTRUNC) != 0 else { return descriptors }
        for descriptor in descriptors { close(descriptor) }
        return nil
    }

    /// A message of these bytes, with room for so many descriptors.
    private static func withMessage(
        _ bytes: inout [UInt8], room: Int, _ body: (inout msghdr) -> Int
    ) -> Int {
        let size = room == 0 ? 0 : headerSize + (room * descriptorSize + wordSize - 1) / wordSize * wordSize
        return unsafe withUnsafeTemporaryAllocation(byteCount: max(size, wordSize), alignment: wordSize) { control in
            unsafe control.initializeMemory(as: UInt8.self, repeating: 0)
            return unsafe bytes.withUnsafeMutableBytes { bytes in
                var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return unsafe withUnsafeMutablePointer(to: &part) { part in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = part
                    unsafe message.msg_iovlen = 1
                    if size > 0 {
                        unsafe message.msg_control = control.baseAddress
                        unsafe message.msg_controllen = size
                    }
                    return unsafe body(&message)
                }
            }
        }
    }
}
