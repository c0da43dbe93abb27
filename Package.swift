// swift-tools-version: 6.2
import PackageDescription

// C: system libraries, each visible in one target.
let systemLibraries: [Target] = [
    .systemLibrary(name: "CEpoll"),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CLibcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLibssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CNghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
]

// Pure: values in, values out; no I/O, no clock.
let pure: [Target] = [
    .target(name: "Bytes"),
    .target(name: "JOSE", dependencies: ["Bytes", "CLibcrypto"]),
    .target(name: "Authentication", dependencies: ["Bytes", "JOSE"]),
    .target(name: "HTTP1", dependencies: ["Bytes"]),
    .target(name: "HTTP2", dependencies: ["Bytes", "HTTP1", "CNghttp2"]),
    .target(name: "ExtAuthz", dependencies: ["Bytes", "HTTP1"]),
    .target(name: "TLS", dependencies: ["Bytes", "CLibssl"]),
    .target(name: "Traces", dependencies: ["Bytes"]),
    .target(name: "Lint", dependencies: ["Bytes"]),
]

// What touches sockets, files and clocks.
let effects: [Target] = [
    .target(name: "EventLoop", dependencies: ["Bytes", "CEpoll", .nioConcurrencyHelpers]),
    .target(name: "Telemetry", dependencies: ["Authentication", .nioConcurrencyHelpers, .logging]),
    .target(name: "Trust", dependencies: ["Bytes", "TLS", .nioConcurrencyHelpers, .nioSSL]),
    .target(
        name: "Questions",
        dependencies: [
            "Bytes", "JOSE", "Authentication", "Telemetry", "Trust",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .asyncHTTPClient, .serviceLifecycle,
            .logging,
        ]
    ),
    .target(
        name: "KeySets",
        dependencies: [
            "Bytes", "JOSE", "Telemetry", "Trust", "Questions",
            .nioConcurrencyHelpers, .nioCore, .nioHTTP1, .serviceLifecycle, .logging,
        ]
    ),
    .target(
        name: "Redis",
        dependencies: ["Bytes", "CHiredis", .deque]
    ),
    .target(
        name: "Worker",
        dependencies: [
            "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "HTTP2", "ExtAuthz", "Redis", "TLS", "Telemetry",
            "Traces",
            .nioConcurrencyHelpers, .nioPosix, .serviceLifecycle, .logging,
        ]
    ),
]

// The process: the only target that knows all the others.
let process: [Target] = [
    .executableTarget(
        name: "AuthgearResolver",
        dependencies: [
            "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "Telemetry", "Trust", "Questions", "KeySets",
            "Redis", "Worker", "Traces", "Lint", "CZlib",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .logging, .argumentParser, .yams,
            .serviceLifecycle, .unixSignals,
        ]
    )
]

let tests: [Target] = [
    // Stands before malloc, so it is for tests and benchmarks alone.
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .target(name: "CSpawn", path: "Tests/CSpawn"),
    .target(
        name: "Fixtures",
        dependencies: [
            "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "Redis", "Telemetry", "CLibssl", "CNghttp2",
            "CSpawn",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .logging,
        ],
        path: "Tests/Fixtures"
    ),
    .testTarget(name: "BytesTests", dependencies: ["Bytes", "Fixtures"]),
    .testTarget(name: "JOSETests", dependencies: ["JOSE", "Bytes", "CLibcrypto", "Fixtures", .jwtKit]),
    .testTarget(
        name: "AuthenticationTests",
        dependencies: ["Bytes", "JOSE", "Authentication", "HTTP1", "Fixtures", "AllocationCounter"]),
    .testTarget(
        name: "HTTP1Tests",
        dependencies: ["Bytes", "HTTP1", "Fixtures", .nioCore, .nioHTTP1, .nioEmbedded]),
    .testTarget(name: "TracesTests", dependencies: ["Bytes", "Traces", "Fixtures"]),
    .testTarget(name: "HTTP2Tests", dependencies: ["Bytes", "HTTP1", "HTTP2", "CNghttp2", "Fixtures"]),
    .testTarget(
        name: "ExtAuthzTests",
        dependencies: ["Bytes", "HTTP1", "ExtAuthz", "Fixtures", "AllocationCounter", .swiftProtobuf],
        exclude: [
            "Oracle/check_request.proto", "Oracle/check_response.proto", "Oracle/header_option.proto",
        ]),
    .testTarget(
        name: "EventLoopTests", dependencies: ["Bytes", "EventLoop", "Fixtures", .nioCore, .nioPosix]),
    .testTarget(
        name: "TelemetryTests",
        dependencies: ["Bytes", "JOSE", "Authentication", "HTTP1", "Telemetry", "Fixtures", .logging]),
    .testTarget(name: "TLSTests", dependencies: ["Bytes", "TLS", "CLibssl", "Fixtures", "AllocationCounter"]),
    .testTarget(name: "LintTests", dependencies: ["Lint", "AuthgearResolver", "Fixtures"], exclude: ["Examples"]),
    .testTarget(name: "TrustTests", dependencies: ["Bytes", "TLS", "Trust", "Fixtures", .nioSSL]),
    .testTarget(
        name: "QuestionsTests",
        dependencies: [
            "Bytes", "JOSE", "Authentication", "Telemetry", "Trust", "Questions", "Fixtures",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .logging, .serviceLifecycle,
        ]
    ),
    .testTarget(
        name: "KeySetsTests",
        dependencies: [
            "Bytes", "JOSE", "Telemetry", "Trust", "Questions", "KeySets", "Fixtures",
            .nioConcurrencyHelpers, .nioPosix, .nioHTTP1, .nioSSL, .nioEmbedded, .logging,
        ]
    ),
    .testTarget(
        name: "RedisTests",
        dependencies: [
            "Redis", "Worker", "Bytes", "Authentication", "Telemetry", "CHiredis", "Fixtures", .logging,
        ]
    ),
    .testTarget(
        name: "WorkerTests",
        dependencies: [
            "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "HTTP2", "ExtAuthz", "Redis", "TLS", "Telemetry",
            "Traces", "Trust",
            "Worker", "Fixtures", "AllocationCounter", "CNghttp2",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .nioEmbedded, .logging, .serviceLifecycle,
        ]
    ),
    .testTarget(
        name: "AuthgearResolverTests",
        dependencies: [
            "AuthgearResolver", "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "Telemetry", "Trust",
            "Questions", "KeySets", "Redis", "Worker", "Traces", "Lint", "Fixtures",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .nioEmbedded, .logging, .serviceLifecycle,
        ]
    ),
    .testTarget(name: "LayoutTests"),
    .testTarget(
        name: "IntegrationTests",
        dependencies: ["AuthgearResolver", "Bytes", "JOSE", "Fixtures", .nioConcurrencyHelpers],
        path: "Tests/Integration"
    ),
]

// Only for `make fuzz`, which builds it with libFuzzer, whose `main` it needs.
let fuzzing: [Target] =
    Context.environment["AUTHGEAR_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "Fuzzing",
            dependencies: [
                "Bytes", "JOSE", "Authentication", "HTTP1", "HTTP2", "ExtAuthz", "TLS", "Worker", "Redis", "KeySets",
                "Traces", "Fixtures",
                .nioCore,
            ],
            path: "Tests/Fuzzing",
            exclude: ["Corpus", "Dictionaries", "run"]
        )
    ]

// Only for `make microbench`: it is no part of what is built, tested or shipped.
let benchmarks: [Target] =
    Context.environment["AUTHGEAR_BENCHMARKS"] == nil
    ? []
    : [
        .executableTarget(
            name: "StageBenchmarks",
            dependencies: [
                "Bytes", "JOSE", "Authentication", "EventLoop", "HTTP1", "Worker", "Redis", "Fixtures",
                "AllocationCounter", .nioCore,
            ],
            path: "Benchmarks/stages",
            exclude: ["README.md"]
        )
    ]

let package = Package(
    name: "authgear-resolver",
    products: [.executable(name: "authgear-resolver", targets: ["AuthgearResolver"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        // Oracles in tests only.
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
        .package(url: "https://github.com/apple/swift-protobuf.git", exact: "1.39.0"),
    ],
    targets: systemLibraries + pure + effects + process + tests + fuzzing + benchmarks
)

extension Target.Dependency {
    static let argumentParser = Self.product(name: "ArgumentParser", package: "swift-argument-parser")
    static let deque = Self.product(name: "DequeModule", package: "swift-collections")
    static let asyncHTTPClient = Self.product(name: "AsyncHTTPClient", package: "async-http-client")
    static let jwtKit = Self.product(name: "JWTKit", package: "jwt-kit")
    static let logging = Self.product(name: "Logging", package: "swift-log")
    static let nioConcurrencyHelpers = Self.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
    static let nioCore = Self.product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = Self.product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = Self.product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = Self.product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = Self.product(name: "NIOSSL", package: "swift-nio-ssl")
    static let serviceLifecycle = Self.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let swiftProtobuf = Self.product(name: "SwiftProtobuf", package: "swift-protobuf")
    static let unixSignals = Self.product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = Self.product(name: "Yams", package: "Yams")
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
    ]
}
