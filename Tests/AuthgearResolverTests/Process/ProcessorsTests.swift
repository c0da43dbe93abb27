import AuthgearResolver
import Testing

@Suite struct ProcessorsTests {
    @Test(arguments: [
        ("Cpus_allowed:\t1\n", 1), ("Cpus_allowed:\tf\n", 4),
        ("Name:\tx\nCpus_allowed:\tff,ffffffff\nCpus_allowed_list:\t0-39\n", 40),
        ("Cpus_allowed:\t00000000,00000002", 1),
    ])
    func `the cores that a process may run on are counted`(status: String, count: Int) {
        #expect(Processors.allowed(status: status) == count)
    }

    @Test(arguments: ["", "Cpus_allowed_list:\t0-3\n", "Cpus_allowed:\t0\n"])
    func `a status without cores says nothing`(status: String) {
        #expect(Processors.allowed(status: status) == nil)
    }

    @Test func `there is always a core`() {
        #expect(Processors.available >= 1)
        #expect(Processors.allowedAndOnline >= Processors.available)
    }
}
