import Glibc

/// The functions by which libFuzzer calls; its own `main` is the program's.
///
/// `FUZZ_TARGET` in the environment says which target is run.
private let chosen: FuzzTarget? = {
    guard let name = unsafe getenv("FUZZ_TARGET") else { return nil }
    let wanted = unsafe String(cString: name)
    return FuzzTarget.all.first { $0.name == wanted }
}()

@c(LLVMFuzzerInitialize)
func initialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    guard chosen == nil else { return 0 }
    print("FUZZ_TARGET must be one of: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
    exit(1)
}

@c(LLVMFuzzerTestOneInput)
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    unsafe chosen?.check(RawSpan(_unsafeBytes: bytes))
    return 0
}
