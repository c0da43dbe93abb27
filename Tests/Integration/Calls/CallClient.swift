import Foundation

/// gRPC's own client, that of Python, with Envoy's own messages.
enum CallClient {
    /// What is asked.
    struct Call: Encodable {
        static let check = "/envoy.service.auth.v3.Authorization/Check"
        static let health = "/grpc.health.v1.Health/Check"

        var method = check
        /// The fields of the client's request.
        var headers: [[String]] = []
        /// Whether they come as a list of lines, as they are; else as a map, lines of one name joined.
        var isList = false
        var extensions: [String: String] = [:]
        var metadata: [[String]] = []
        var verb = "GET"
        /// In place of a `CheckRequest`.
        var bytes: [UInt8]?
        /// Seconds.
        var timeout = 20.0
    }

    /// What came of it: the code of the call, and what the message says.
    struct Answer: Decodable, Equatable {
        /// Of the call (gRPC's status codes).
        var end: Int
        /// Of the answer.
        var code: Int?
        /// `ok_response` or `denied_response`.
        var kind: String?
        /// What the client gets of one that is denied.
        var status: Int?
        /// `name: value`, and behind it the action unless that is to overwrite or to add.
        var headers: [String] = []
        var removed: [String] = []
        /// The message as it is, of a call that is no check.
        var bytes: [UInt8]?
    }

    /// Makes calls one after another on a connection.
    static func ask(_ address: Address, _ calls: [Call]) throws -> [Answer] {
        guard let executable = Program.callPython else { throw WireError.failed("finding grpcio", ENOENT) }
        let folder = try Scratch.directory()
        try Scratch.write(program, to: "\(folder)/calls.py")
        let text = String(decoding: try JSONEncoder().encode(calls), as: UTF8.self)
        try Scratch.write(text, to: "\(folder)/calls.json")
        let process = try ChildProcess(
            executable, ["\(folder)/calls.py", "\(address)", "\(folder)/calls.json", "\(folder)/answers.json"],
            in: folder)
        guard try process.wait() == 0 else { throw WireError.malformed(process.output) }
        let answers = try Scratch.read("\(folder)/answers.json")
        return try JSONDecoder().decode([Answer].self, from: Data(answers.utf8))
    }

    private static let program = #"""
        import json
        import sys

        import grpc
        from envoy.service.auth.v3 import external_auth_pb2 as auth

        address, questions, answers = sys.argv[1:]
        channel = grpc.insecure_channel(address)
        same = lambda data: data


        def message(call):
            request = auth.CheckRequest()
            http = request.attributes.request.http
            http.method, http.path = call["verb"], "/a?b"
            for name, value in call["headers"]:
                if call["isList"]:
                    http.header_map.headers.add(key=name, raw_value=value.encode())
                elif name in http.headers:
                    http.headers[name] += "," + value
                else:
                    http.headers[name] = value
            request.attributes.context_extensions.update(call["extensions"])
            return request.SerializeToString()


        def words(option):
            assert not option.header.raw_value
            action = "" if option.append_action == option.OVERWRITE_IF_EXISTS_OR_ADD else " %d" % option.append_action
            return option.header.key + ": " + option.header.value + action


        def ask(call):
            raw = bytes(call["bytes"]) if call.get("bytes") is not None else message(call)
            method = channel.unary_unary(call["method"], request_serializer=same, response_deserializer=same)
            try:
                data = method(raw, metadata=[tuple(pair) for pair in call["metadata"]], timeout=call["timeout"])
            except grpc.RpcError as error:
                return {"end": error.code().value[0], "headers": [], "removed": []}
            if "envoy" not in call["method"]:
                return {"end": 0, "headers": [], "removed": [], "bytes": list(data)}
            assert data, "Envoy takes an empty message for yes"
            response = auth.CheckResponse.FromString(data)
            kind = response.WhichOneof("http_response")
            part = getattr(response, kind)
            answer = {"end": 0, "code": response.status.code, "kind": kind, "removed": []}
            answer["headers"] = [words(option) for option in part.headers]
            if kind == "ok_response":
                answer["removed"] = list(part.headers_to_remove)
            else:
                answer["status"] = part.status.code
            return answer


        with open(questions) as file:
            found = [ask(call) for call in json.load(file)]
        with open(answers, "w") as file:
            json.dump(found, file)

        """#
}
