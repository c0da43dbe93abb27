import Authentication
import Bytes

extension Stage {
    static var records: [Stage] {
        [
            record("session", Samples.sessionRecord(), .session, Samples.sessionID()),
            record("user", Samples.userRecord, .user, Samples.userID),
        ]
    }

    private static func record(_ name: String, _ bytes: [UInt8], _ kind: RecordQuery.Kind, _ id: String) -> Stage {
        let query = RecordQuery(kind: kind, key: Array(id.utf8))
        return Stage("\(name) record, \(bytes.count) bytes") {
            { times in
                var sum = 0
                for _ in 0..<times {
                    switch try? Record(bytes.span.bytes, for: query) {
                    case .session(let session): sum &+= session.userID.count
                    case .user(let user): sum &+= user.roles.count
                    case .accessGrant, .offlineGrant, .appSession, nil: break
                    }
                }
                return sum
            }
        }
    }
}
