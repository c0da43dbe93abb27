/// Which target may import what: arrows point from effects to values, effects never import each other, and each C library
/// is visible in one target.
enum ImportTable {
    static let pure: Set = ["Bytes", "Tokens", "Resolution"]
    static let effects: Set = ["KeySets", "Sessions", "Listener"]
    static let systemLibraries: Set = ["CEpoll", "CHiredis", "CLibcrypto"]

    /// Parts of the standard library and of the system that any target but a pure one may name.
    static let platform: Set = ["Synchronization", "Glibc", "SwiftOverlayShims"]

    static let allowed: [String: Set<String>] = [
        "Bytes": [],
        "Tokens": ["Bytes", "CLibcrypto"],
        "Resolution": ["Bytes", "Tokens"],
        "Telemetry": ["Resolution", "Logging", "NIOConcurrencyHelpers"],
        "Trust": ["NIOConcurrencyHelpers", "NIOSSL"],
        "Questions": [
            "Bytes", "Resolution", "Telemetry", "Trust", "Logging", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix",
            "NIOHTTP1", "NIOSSL", "AsyncHTTPClient", "ServiceLifecycle",
        ],
        "KeySets": [
            "Bytes", "Tokens", "Telemetry", "Trust", "Questions", "Logging", "NIOConcurrencyHelpers", "NIOCore",
            "NIOHTTP1", "ServiceLifecycle",
        ],
        "Sessions": [
            "Bytes", "Resolution", "Telemetry", "Trust", "Logging", "CHiredis", "NIOConcurrencyHelpers", "NIOCore",
            "NIOPosix", "NIOSSL",
        ],
        "Listener": [
            "Bytes", "Tokens", "Resolution", "Telemetry", "CEpoll", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix",
            "NIOHTTP1", "ServiceLifecycle",
        ],
        "AuthgearResolver": [
            "Bytes", "Tokens", "Resolution", "Telemetry", "Trust", "Questions", "KeySets", "Sessions", "Listener",
            "Logging", "NIOCore", "NIOPosix", "ArgumentParser", "Yams", "ServiceLifecycle", "UnixSignals",
        ],
    ]
}
