import NIOEmbedded
import Testing

@Test func stub() {}
