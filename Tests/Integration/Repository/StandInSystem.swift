import Foundation

/// A Debian system as `make` sees it: programs that only write down how they were called, and a root of their own.
struct StandInSystem {
    let directory: String

    /// - Parameter installed: the packages that are there.
    init(installed: [String]) throws {
        directory = try Scratch.directory()
        for folder in ["bin", "usr/sbin", "etc/systemd/system/multi-user.target.wants"] {
            try FileManager.default.createDirectory(
                atPath: "\(directory)/\(folder)", withIntermediateDirectories: true)
        }
        try Scratch.write(installed.map { $0 + "\n" }.joined(), to: "\(directory)/installed")
        try Scratch.write("", to: "\(directory)/enabled-before.service")
        try add(
            "dpkg-query",
            #"for last; do :; done; grep -qx -- "$last" "$SYSTEM_ROOT/installed" && echo 'install ok installed'"#)
        // Installs a package with a service that is enabled.
        try add(
            "apt-get",
            """
            cat "$SYSTEM_ROOT/usr/sbin/policy-rc.d" >"$SYSTEM_ROOT/policy-seen" 2>/dev/null
            ln -s /dev/null "$SYSTEM_ROOT/etc/systemd/system/multi-user.target.wants/new.service" 2>/dev/null || :
            """)
        try add("systemctl", ":")
        try add("id", "echo 0")
    }

    /// Adds a program; it is a shell script.
    func add(_ name: String, _ script: String) throws {
        let path = "\(directory)/bin/\(name)"
        let calls = name == "dpkg-query" || name == "id" ? "" : #"echo "\#(name) $*" >>"$SYSTEM_ROOT/calls""# + "\n"
        try Scratch.write("#!/bin/sh\n" + calls + script + "\n", to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    /// Runs a program of the repository to its end, from the repository's root.
    func run(_ executable: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = try ChildProcess(
            "/bin/sh", ["-c", #"cd "$0" && exec "$@""#, Program.repository, executable] + arguments, in: directory,
            environment: ["PATH": "\(directory)/bin:/usr/bin:/bin", "SYSTEM_ROOT": directory])
        return (try process.wait(), process.output)
    }

    /// The calls of its programs, in order, but for those that only look.
    var calls: [String] { ((try? Scratch.read("\(directory)/calls")) ?? "").split(separator: "\n").map(String.init) }

    /// What a file below its root holds; nil when there is none.
    func file(_ path: String) -> String? { try? Scratch.read("\(directory)/\(path)") }
}
