import Foundation
import Testing

extension IntegrationTests {
    /// What `make` does to the system.
    @Suite struct InstallTests {
        @Test func `what is missing is named before it is installed, and no service of it starts`() throws {
            let system = try StandInSystem(installed: ["curl"])
            let (status, output) = try system.run(".ci/install", ["make test", "curl", "nginx", "redis-server"])
            #expect(status == 0)
            #expect(output.hasPrefix("make test needs Debian packages that are not here: nginx redis-server\n"))
            #expect(
                system.calls == [
                    "apt-get install -y --no-install-recommends nginx redis-server",
                    "systemctl disable --quiet new.service",
                ])
            #expect(system.file("policy-seen") == "#!/bin/sh\nexit 101\n", "what packages ask says no meanwhile")
            #expect(system.file("usr/sbin/policy-rc.d") == nil, "and is gone afterwards")
        }

        @Test func `nothing is said or done when all is there`() throws {
            let system = try StandInSystem(installed: ["curl", "nginx"])
            let (status, output) = try system.run(".ci/install", ["make test", "curl", "nginx"])
            #expect(status == 0)
            #expect(output == "")
            #expect(system.calls == [])
        }

        @Test func `a policy that the machine has already stays as it is`() throws {
            let system = try StandInSystem(installed: [])
            let policy = "#!/bin/sh\nexit 104\n"
            try Scratch.write(policy, to: "\(system.directory)/usr/sbin/policy-rc.d")
            #expect(try system.run(".ci/install", ["make test", "nginx"]).status == 0)
            #expect(system.file("policy-seen") == policy)
            #expect(system.file("usr/sbin/policy-rc.d") == policy)
        }

        @Test func `an installation that fails is tried again with a new index, and its failure is the script's`()
            throws
        {
            let system = try StandInSystem(installed: [])
            try system.add("apt-get", "exit 100")
            let (status, _) = try system.run(".ci/install", ["make test", "nginx"])
            #expect(status == 100)
            #expect(system.calls == ["apt-get install -y --no-install-recommends nginx", "apt-get update"])
            #expect(system.file("usr/sbin/policy-rc.d") == nil)
        }

        @Test func `the list of what the benchmark measures installs nothing`() throws {
            let system = try StandInSystem(installed: [])
            let (status, output) = try system.run("make", ["bench", "LIST=1"])
            #expect(status == 0, "\(output)")
            #expect(output.contains("\njwt-cached "))
            #expect(system.calls == [])
        }
    }
}
