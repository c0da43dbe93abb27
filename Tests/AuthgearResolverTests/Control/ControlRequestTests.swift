import AuthgearResolver
import Testing

/// What is understood on the control socket.
@Suite struct ControlRequestTests {
    @Test(arguments: ControlRequest.allCases)
    func `a request is read as it was written`(request: ControlRequest) throws {
        #expect(try ControlRequest(text: request.text) == request)
    }

    @Test(arguments: [
        (nil, ControlRequestError.foreign), ("", .foreign), ("\n", .foreign), ("reload\n", .foreign),
        ("authgear-resolver 2 reload", .foreign), ("authgear-resolver 2 reload \n", .foreign),
        ("authgear-resolver x reload\n", .foreign), ("another 1 reload\n", .foreign),
        ("authgear-resolver 1 reload\n", .otherProtocol(theirs: 1, ours: 2)),
        ("authgear-resolver 0 take-over\n", .otherProtocol(theirs: 0, ours: 2)),
        ("authgear-resolver 99 whatever\n", .otherProtocol(theirs: 99, ours: 2)),
        ("authgear-resolver 2 drain\n", .unknown), ("authgear-resolver 2 \n", .unknown),
    ])
    func `another program's, another protocol's and an unknown one are three things`(
        text: String?, error: ControlRequestError
    ) {
        #expect(throws: error) { try ControlRequest(text: text) }
        #expect(error.description.lowercased().contains("stop and start it"))
    }

    @Test(arguments: ControlRequest.allCases)
    func `no request becomes one by another byte`(request: ControlRequest) throws {
        for place in Array(request.text.utf8).indices {
            for byte in UInt8.min...UInt8.max where byte != Array(request.text.utf8)[place] {
                var bytes = Array(request.text.utf8)
                bytes[place] = byte
                guard let text = String(validating: bytes, as: UTF8.self) else { continue }
                #expect(throws: ControlRequestError.self) { try ControlRequest(text: text) }
            }
        }
    }
}
