import CLibcrypto
import Testing

/// A point of P-256, computed by libcrypto without a table.
@safe final class P256Point: @unchecked Sendable {
    /// How many points there are, and how many field elements.
    static let order = BigNumber(
        WycheproofVector.bytes(ofHex: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"))
    static let prime = BigNumber(
        WycheproofVector.bytes(ofHex: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"))

    private let group: OpaquePointer?
    private let point: OpaquePointer?

    private init() {
        unsafe group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)
        unsafe point = EC_POINT_new(group)
    }

    /// k · G, and l · Q added.
    convenience init(_ k: BigNumber, plus l: BigNumber? = nil, times other: P256Point? = nil) {
        self.init()
        #expect(unsafe EC_POINT_mul(group, point, k.number, other?.point, l?.number, nil) == 1)
    }

    /// l · (R - k · G)
    convenience init(_ l: BigNumber, times other: P256Point, less k: BigNumber) {
        self.init()
        let negative = BigNumber(0).minus(k.times(l, modulo: Self.order), modulo: Self.order)
        #expect(unsafe EC_POINT_mul(group, point, negative.number, other.point, l.number, nil) == 1)
    }

    /// The point with this x and an even y; nil when there is none.
    convenience init?(x: BigNumber) {
        self.init()
        defer { ERR_clear_error() }
        guard unsafe EC_POINT_set_compressed_coordinates(group, point, x.number, 0, nil) == 1 else { return nil }
    }

    deinit {
        unsafe EC_POINT_free(point)
        unsafe EC_GROUP_free(group)
    }

    /// Uncompressed; one zero byte at infinity (SEC 1 section 2.3.3).
    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 65)
        let count = unsafe EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, &bytes, bytes.count, nil)
        return Array(bytes.prefix(count))
    }

    var x: BigNumber { BigNumber(Array(bytes.dropFirst().prefix(32))) }
}
