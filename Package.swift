// swift-tools-version: 6.2
import PackageDescription

// C: system libraries, each visible in one target.
let systemLibraries: [Target] = [
    .systemLibrary(name: "CEpoll"),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CLibcrypto", providers: [.apt(["libssl-dev"])]),
]

// Pure: values in, values out; no I/O, no clock.
let pure: [Target] = [
    .target(name: "Bytes"),
    .target(name: "Tokens", dependencies: ["Bytes", "CLibcrypto"]),
    .target(name: "Resolution", dependencies: ["Bytes", "Tokens"]),
]

// Effects: what touches sockets, files and clocks. Of each other they import only Telemetry, Trust and Questions.
let effects: [Target] = [
    .target(name: "Telemetry", dependencies: ["Resolution", .nioConcurrencyHelpers, .logging]),
    .target(name: "Trust", dependencies: [.nioConcurrencyHelpers, .nioSSL]),
    .target(
        name: "Questions",
        dependencies: [
            "Bytes", "Resolution", "Telemetry", "Trust",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .asyncHTTPClient, .serviceLifecycle,
            .logging,
        ]
    ),
    .target(
        name: "KeySets",
        dependencies: [
            "Bytes", "Tokens", "Telemetry", "Trust", "Questions",
            .nioConcurrencyHelpers, .nioCore, .nioHTTP1, .serviceLifecycle, .logging,
        ]
    ),
    .target(
        name: "Sessions",
        dependencies: [
            "Bytes", "Resolution", "Telemetry", "Trust", "CHiredis",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioSSL, .logging,
        ]
    ),
    .target(
        name: "Listener",
        dependencies: [
            "Bytes", "Tokens", "Resolution", "Telemetry", "CEpoll",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .serviceLifecycle,
        ]
    ),
]

// The process: the only target that knows all the others.
let process: [Target] = [
    .executableTarget(
        name: "AuthgearResolver",
        dependencies: [
            "Bytes", "Tokens", "Resolution", "Telemetry", "Trust", "Questions", "KeySets", "Sessions", "Listener",
            .nioCore, .nioPosix, .logging, .argumentParser, .yams, .serviceLifecycle, .unixSignals,
        ]
    )
]

let tests: [Target] = [
    // Stands before malloc, so it is for tests and benchmarks alone.
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .target(name: "CSpawn", path: "Tests/CSpawn"),
    .target(
        name: "Fixtures", dependencies: ["Bytes", "Tokens", "Resolution", "Telemetry", "CSpawn"], path: "Tests/Fixtures"
    ),
    .testTarget(name: "BytesTests", dependencies: ["Bytes", "Fixtures"]),
    .testTarget(name: "TokensTests", dependencies: ["Tokens", "Bytes", "CLibcrypto", "Fixtures", .jwtKit]),
    .testTarget(
        name: "ResolutionTests", dependencies: ["Bytes", "Tokens", "Resolution", "Fixtures", "AllocationCounter"]),
    .testTarget(
        name: "TelemetryTests", dependencies: ["Bytes", "Tokens", "Resolution", "Telemetry", "Fixtures", .logging]),
    .testTarget(name: "TrustTests", dependencies: ["Trust", "Fixtures", .nioSSL]),
    .testTarget(
        name: "QuestionsTests",
        dependencies: [
            "Bytes", "Tokens", "Resolution", "Telemetry", "Trust", "Questions", "Fixtures",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .logging, .serviceLifecycle,
        ]
    ),
    .testTarget(
        name: "KeySetsTests",
        dependencies: [
            "Bytes", "Tokens", "Telemetry", "Trust", "Questions", "KeySets", "Fixtures",
            .nioConcurrencyHelpers, .nioPosix, .nioHTTP1, .nioSSL, .nioEmbedded, .logging,
        ]
    ),
    .testTarget(
        name: "SessionsTests",
        dependencies: [
            "Sessions", "Bytes", "Resolution", "Telemetry", "Trust", "CHiredis", "Fixtures",
            .nioCore, .nioConcurrencyHelpers, .nioPosix, .nioEmbedded, .nioSSL, .logging,
        ]
    ),
    .testTarget(
        name: "ListenerTests",
        dependencies: [
            "Bytes", "Tokens", "Resolution", "Telemetry", "Listener", "Fixtures", "AllocationCounter",
            .nioConcurrencyHelpers, .nioCore, .nioPosix, .nioHTTP1, .nioEmbedded, .logging, .serviceLifecycle,
        ]
    ),
    .testTarget(
        name: "AuthgearResolverTests",
        dependencies: [
            "AuthgearResolver", "Bytes", "Tokens", "Resolution", "Telemetry", "Trust", "Questions", "KeySets",
            "Sessions", "Listener", "Fixtures",
            .nioCore, .nioPosix, .logging,
        ]
    ),
    .testTarget(name: "LayoutTests"),
    .testTarget(
        name: "IntegrationTests",
        dependencies: ["AuthgearResolver", "Bytes", "Tokens", "Fixtures", .nioConcurrencyHelpers],
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
            dependencies: ["Bytes", "Tokens", "Resolution", "Listener", "Sessions", .nioCore],
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
                "Bytes", "Tokens", "Resolution", "Listener", "Sessions", "Fixtures", "AllocationCounter", .nioCore,
            ],
            path: "Benchmarks/stages",
            exclude: ["README.md"]
        )
    ]

let package = Package(
    name: "authgear-resolver",
    products: [.executable(name: "authgear-resolver", targets: ["AuthgearResolver"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        // Oracle in tests only.
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
    ],
    targets: systemLibraries + pure + effects + process + tests + fuzzing + benchmarks
)

extension Target.Dependency {
    static let argumentParser = Self.product(name: "ArgumentParser", package: "swift-argument-parser")
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
