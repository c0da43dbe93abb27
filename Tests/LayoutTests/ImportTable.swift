/// Which target may import what: arrows point from what touches the world to values, and each C library is visible in one
/// target.
enum ImportTable {
    /// Values in, values out: no I/O and no clock.
    static let pure: Set = [
        "Bytes", "JOSE", "Authentication", "HTTP1", "HTTP2", "ExtAuthz", "TLS", "Traces", "Lint",
    ]
    static let systemLibraries: Set = ["CEpoll", "CHiredis", "CLibcrypto", "CLibssl", "CNghttp2", "CZlib"]

    /// Parts of the standard library and of the system that any target but a pure one may name.
    static let platform: Set = ["Synchronization", "Glibc", "SwiftOverlayShims"]

    static let allowed: [String: Set<String>] = [
        "Bytes": [],
        "JOSE": ["Bytes", "CLibcrypto"],
        "Authentication": ["Bytes", "JOSE"],
        "HTTP1": ["Bytes"],
        "HTTP2": ["Bytes", "HTTP1", "CNghttp2"],
        "ExtAuthz": ["Bytes", "HTTP1"],
        "TLS": ["Bytes", "CLibssl"],
        "Traces": ["Bytes"],
        "Lint": ["Bytes"],
        "EventLoop": ["Bytes", "CEpoll", "NIOConcurrencyHelpers"],
        "Telemetry": ["Authentication", "Logging", "NIOConcurrencyHelpers"],
        "Trust": ["Bytes", "TLS", "NIOConcurrencyHelpers", "NIOSSL"],
        "Questions": [
            "Bytes", "JOSE", "Authentication", "Telemetry", "Trust", "Logging", "NIOConcurrencyHelpers", "NIOCore",
            "NIOPosix",
            "NIOHTTP1", "NIOSSL", "AsyncHTTPClient", "ServiceLifecycle",
        ],
        "KeySets": [
            "Bytes", "JOSE", "Telemetry", "Trust", "Questions", "Logging", "NIOConcurrencyHelpers", "NIOCore",
            "NIOHTTP1", "ServiceLifecycle",
        ],
        "Redis": ["Bytes", "CHiredis", "DequeModule"],
        "Worker": [
            "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "HTTP2", "ExtAuthz", "Redis", "TLS",
            "Telemetry", "Traces", "Logging",
            "NIOConcurrencyHelpers", "NIOPosix", "ServiceLifecycle",
        ],
        "AuthgearResolver": [
            "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "Telemetry", "Trust", "Questions", "KeySets",
            "Redis", "Worker", "Traces", "Lint", "CZlib", "Logging", "NIOConcurrencyHelpers", "NIOCore", "NIOPosix",
            "NIOHTTP1",
            "ArgumentParser",
            "Yams", "ServiceLifecycle", "UnixSignals",
        ],
    ]
}
