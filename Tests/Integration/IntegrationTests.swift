import Testing

/// The built program among its real neighbours: nginx in front, Redis and an identity server behind. One test at a time,
/// as they start many processes.
///
/// Takes the contract, byte for byte; imports nothing of the program but the means to sign tokens and to hash.
@Suite("Integration", .serialized, .enabled(if: Program.neighbours, Program.reason))
enum IntegrationTests {}
