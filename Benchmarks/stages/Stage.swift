/// A piece of a request's work that is measured alone.
struct Stage {
    /// Does the work so many times. What it gives depends on each time, so that the compiler can't leave one out.
    typealias Work = (_ times: Int) -> Int

    let name: String
    /// Makes the inputs and what works on them.
    let make: () -> Work
    /// Makes the part of the work that another stage stands for already: what it costs is taken off.
    let makePart: (() -> Work)?

    init(_ name: String, without part: Stage? = nil, make: @escaping () -> Work) {
        self.name = name
        self.make = make
        self.makePart = part?.make
    }

    /// In the order in which a request meets them.
    static var all: [Stage] { heads + cookies + digests + hits + decisions + tokens + proofs + records + redis }
}
