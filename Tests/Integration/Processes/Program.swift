import Foundation
import Testing

/// The programs that these tests run.
enum Program {
    /// The resolver, as built beside the tests.
    static let resolver: String? = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return executable((tests as NSString).deletingLastPathComponent + "/authgear-resolver")
    }()

    static let nginx = inPath("nginx")
    static let redis = inPath("redis-server")
    static let python = inPath("python3")
    static let glewlwyd = inPath("glewlwyd")
    /// A Python that has django-oauth-toolkit.
    static let djangoPython = executable(repository + "/.build/servers/bin/python")
    /// A Python that has gRPC, and Envoy's messages.
    static let callPython = executable(repository + "/.build/calls/bin/python")

    /// Why a test that needs real neighbours is skipped.
    static let reason: Comment = "needs nginx and redis-server (apt-get install nginx redis-server; make test does)"
    static var neighbours: Bool { nginx != nil && redis != nil }

    /// What to write before a command so that it sees a file of the test as `/etc/hosts`: that file's path, then the
    /// command follow. Nil where the tests may not have a mount namespace: neither root nor user namespaces.
    static let beforeCommandWithHosts: [String]? = {
        guard let unshare = inPath("unshare") else { return nil }
        let mount = ["/bin/sh", "-c", #"mount --bind "$0" /etc/hosts && exec "$@""#]
        for namespace in [[unshare, "--mount"], [unshare, "--map-root-user", "--mount"]] {
            let words = namespace + mount
            let trial = try? ChildProcess(words[0], words.dropFirst() + ["/dev/null", "/bin/true"], in: Scratch.root)
            if (try? trial?.wait()) == 0 { return words }
        }
        return nil
    }()

    /// Whether this process, and so the resolver beside it, was built with a sanitizer.
    static let isSanitized = unsafe dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

    /// How often to do what takes long, by an environment variable.
    static func rounds(_ variable: String, default few: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }.map { max(1, $0) } ?? few
    }

    /// The root of the repository.
    static let repository = URL(filePath: #filePath).appending(path: "../../../..").standardized.path

    static func inPath(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH", default: ""] + ":/usr/sbin:/usr/local/sbin"
        return path.split(separator: ":").lazy.compactMap { executable("\($0)/\(name)") }.first
    }

    static func executable(_ path: String) -> String? {
        FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}
