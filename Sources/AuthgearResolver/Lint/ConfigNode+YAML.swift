package import Lint
import Yams

extension ConfigNode {
    /// How many values a text may have: aliases repeat what they stand for.
    private static let valueLimit = 200_000
    private static let depthLimit = 100

    /// The documents of a YAML text, or of a JSON one, with their lines.
    package static func documents(of text: String, in file: String) -> Result<[ConfigNode], ConfigNodeError> {
        do {
            let parser = try Parser(yaml: text, encoding: .utf8)
            var documents: [ConfigNode] = []
            var count = 0
            while let root = try parser.nextRoot() {
                documents.append(try ConfigNode(root, in: file, count: &count))
            }
            return .success(documents)
        } catch let error as ConfigNodeError {
            return .failure(error)
        } catch {
            let problem = Problem(error, in: text)
            return .failure(ConfigNodeError(line: problem.place.line, message: problem.message))
        }
    }

    private init(_ node: Node, in file: String, count: inout Int, depth: Int = 0) throws(ConfigNodeError) {
        let line = node.mark?.line ?? 1
        count += 1
        guard count < Self.valueLimit, depth < Self.depthLimit else {
            throw ConfigNodeError(line: line, message: "has too many values, or too deep ones")
        }
        let spot = Spot(file: file, line: line)
        switch node {
        case .scalar(let scalar): self.init(.scalar(scalar.string), at: spot)
        case .sequence(let sequence):
            var items: [ConfigNode] = []
            for item in sequence { items.append(try ConfigNode(item, in: file, count: &count, depth: depth + 1)) }
            self.init(.list(items), at: spot)
        case .mapping(let mapping):
            var members: [(key: String, line: Int, value: ConfigNode)] = []
            for (key, value) in mapping {
                let value = try ConfigNode(value, in: file, count: &count, depth: depth + 1)
                members.append((key.scalar?.string ?? "", key.mark?.line ?? line, value))
            }
            self.init(.map(members), at: spot)
        case .alias: self.init(.scalar(""), at: spot)
        }
    }
}
