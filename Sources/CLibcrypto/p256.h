// ECDSA with P-256 (FIPS 186-5 section 6.4.2) by two tables: libcrypto has one of multiples of the generator, and makes one of
// multiples of the public key when it is told that this is a generator.
//
// The functions on groups and points are deprecated in OpenSSL 3, and are in each of its releases. Whoever has no such table is
// told so (NULL), and whoever can't tell whether a signature is right says that (-1): EVP_PKEY_verify is asked then.
#ifndef CLIBCRYPTO_P256_H
#define CLIBCRYPTO_P256_H

#include "shim.h"
#include <openssl/obj_mac.h>
#include <stdint.h>
#include <string.h>

// Read by all threads, and written by none once it is made: EC_POINT_mul, EC_POINT_add and BN_mod_mul_montgomery take groups and
// moduli as const, and keep nothing in them.
typedef struct {
    // P-256.
    EC_GROUP *curve;
    // The same with the public key in place of the generator.
    EC_GROUP *key;
    // What field elements and scalars are reduced by.
    BN_MONT_CTX *field, *order;
    // p - n: an x below it is that of another residue modulo n as well.
    BIGNUM *gap;
} clibcrypto_p256_table;

static inline void clibcrypto_p256_table_free(clibcrypto_p256_table *table) {
    if (table == NULL) return;
    EC_GROUP_free(table->curve);
    EC_GROUP_free(table->key);
    BN_MONT_CTX_free(table->field);
    BN_MONT_CTX_free(table->order);
    BN_free(table->gap);
    OPENSSL_free(table);
}

// Whether the table gives the multiples of the key that libcrypto finds without it.
static inline int clibcrypto_p256_is_sound(
    const clibcrypto_p256_table *table, const EC_POINT *key, const BIGNUM *order, BN_CTX *scratch) {
    EC_POINT *by_table = EC_POINT_new(table->curve), *without = EC_POINT_new(table->curve);
    BIGNUM *scalar = BN_dup(order);
    int ok = by_table != NULL && without != NULL && scalar != NULL;
    // n - 1, and then a fifth of that, and so on: other digits in each window of the table.
    for (int round = 0; ok && round < 8; round++) {
        ok = BN_sub_word(scalar, 1) == 1
            && EC_POINT_mul(table->key, by_table, scalar, NULL, NULL, scratch) == 1
            && EC_POINT_mul(table->curve, without, NULL, key, scalar, scratch) == 1
            && EC_POINT_cmp(table->curve, by_table, without, scratch) == 0
            && BN_div_word(scalar, 5) != (BN_ULONG)-1;
    }
    BN_free(scalar);
    EC_POINT_free(by_table);
    EC_POINT_free(without);
    return ok;
}

// From the uncompressed point (0x04, x, y). NULL when libcrypto makes no table, or the point is not on the curve. Takes some
// 20 ms, and 154 kB for as long as it lives.
static inline clibcrypto_p256_table *clibcrypto_p256_table_new(const unsigned char *point, size_t point_count) {
    clibcrypto_p256_table *table = OPENSSL_zalloc(sizeof(*table));
    BN_CTX *scratch = BN_CTX_new();
    EC_POINT *key = NULL;
    // Only this form: there are shorter ones, of which one is the point at infinity.
    int ok = table != NULL && scratch != NULL && point_count == 65 && point[0] == POINT_CONVERSION_UNCOMPRESSED
        && (table->curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)) != NULL
        && (table->key = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)) != NULL
        && (table->field = BN_MONT_CTX_new()) != NULL && (table->order = BN_MONT_CTX_new()) != NULL
        && (table->gap = BN_new()) != NULL && (key = EC_POINT_new(table->curve)) != NULL
        && EC_POINT_oct2point(table->curve, key, point, point_count, scratch) == 1;
    if (ok) {
        const BIGNUM *prime = EC_GROUP_get0_field(table->curve), *order = EC_GROUP_get0_order(table->curve);
        ok = EC_GROUP_set_generator(table->key, key, order, EC_GROUP_get0_cofactor(table->curve)) == 1
            && EC_GROUP_precompute_mult(table->key, scratch) == 1 && EC_GROUP_have_precompute_mult(table->key) == 1
            && BN_MONT_CTX_set(table->field, prime, scratch) == 1
            && BN_MONT_CTX_set(table->order, order, scratch) == 1 && BN_usub(table->gap, prime, order) == 1
            && clibcrypto_p256_is_sound(table, key, order, scratch);
    }
    EC_POINT_free(key);
    BN_CTX_free(scratch);
    if (ok) return table;
    clibcrypto_p256_table_free(table);
    return NULL;
}

// Whether the affine x of a point, X / Z² of its Jacobian coordinates, is this number: x · Z² = X spares the division. -1: can't
// tell.
static inline int clibcrypto_p256_has_x(
    const clibcrypto_p256_table *table, const BIGNUM *x, const BIGNUM *jacobian_x, const BIGNUM *montgomery_zz,
    BIGNUM *product, BN_CTX *scratch) {
    if (!BN_mod_mul_montgomery(product, x, montgomery_zz, table->field, scratch)) return -1;
    return BN_ucmp(product, jacobian_x) == 0;
}

// Whether x of u1 · G + u2 · Q is r modulo the order (FIPS 186-5 section 6.4.2, steps 5 to 8). -1: can't tell.
static inline int clibcrypto_p256_compare(
    const clibcrypto_p256_table *table, BIGNUM *r, const BIGNUM *u1, const BIGNUM *u2, BN_CTX *scratch) {
    const EC_GROUP *curve = table->curve;
    BIGNUM *x = BN_CTX_get(scratch), *z = BN_CTX_get(scratch), *zz = BN_CTX_get(scratch);
    EC_POINT *sum = EC_POINT_new(curve), *product = EC_POINT_new(curve);
    int verdict = -1;
    if (zz != NULL && sum != NULL && product != NULL
        && EC_POINT_mul(curve, sum, u1, NULL, NULL, scratch) == 1
        && EC_POINT_mul(table->key, product, u2, NULL, NULL, scratch) == 1
        && EC_POINT_add(curve, sum, sum, product, scratch) == 1) {
        if (EC_POINT_is_at_infinity(curve, sum)) {
            verdict = 0;
        } else if (
            EC_POINT_get_Jprojective_coordinates_GFp(curve, sum, x, NULL, z, scratch) == 1
            && BN_to_montgomery(zz, z, table->field, scratch)
            && BN_mod_mul_montgomery(z, z, zz, table->field, scratch)
            && BN_to_montgomery(zz, z, table->field, scratch)) {
            verdict = clibcrypto_p256_has_x(table, r, x, zz, z, scratch);
            // x may be r + n as well, where that is below p.
            if (verdict == 0 && BN_ucmp(r, table->gap) < 0) {
                verdict = BN_uadd(r, r, EC_GROUP_get0_order(curve))
                    ? clibcrypto_p256_has_x(table, r, x, zz, z, scratch) : -1;
            }
        }
    }
    EC_POINT_free(sum);
    EC_POINT_free(product);
    return verdict;
}

// The order, and a number below it, in words; the least significant first.
#define CLIBCRYPTO_P256_ORDER {0xF3B9CAC2FC632551, 0xBCE6FAADA7179E84, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF00000000}

// a - b where that is not negative, else b - a; tells whether it would have been.
static inline int clibcrypto_p256_distance(uint64_t *result, const uint64_t *a, const uint64_t *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        unsigned __int128 difference = (unsigned __int128)a[i] - b[i] - borrow;
        result[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    if (!borrow) return 0;
    uint64_t carry = 1;
    for (int i = 0; i < 4; i++) {
        result[i] = ~result[i] + carry;
        carry = carry && result[i] == 0;
    }
    return 1;
}

// s⁻¹ · 2^k modulo the order; gives k, from 255 to 511, or 0 when there is none. Whoever uses it makes sure of it by a multiplication.
//
// Kaliski, "The Montgomery inverse and its applications" (1995), phase 1: a binary extended greatest common divisor that leaves
// all halvings of what it finds for later. u · t + v · r is the order all the time, so nothing grows beyond it; s · r is ±u · 2^k and
// s · t is ∓v · 2^k. BN_mod_inverse halves at once, in numbers of any length: 13 µs in place of 3.
static inline int clibcrypto_p256_almost_inverse(unsigned char *result, const unsigned char *s) {
    const uint64_t order[4] = CLIBCRYPTO_P256_ORDER;
    uint64_t u[4] = CLIBCRYPTO_P256_ORDER, v[4] = {0}, r[4] = {0}, t[4] = {1, 0, 0, 0};
    int k = 0, is_negative = 1;
    for (int i = 0; i < 32; i++) v[3 - i / 8] = v[3 - i / 8] << 8 | s[i];
    // Each round takes a bit off u and v at least, which have 512.
    while ((v[0] | v[1] | v[2] | v[3]) != 0 && k < 512) {
        int shift = v[0] == 0 ? 63 : __builtin_ctzll(v[0]);
        if (shift > 0) {
            for (int i = 0; i < 3; i++) v[i] = v[i] >> shift | v[i + 1] << (64 - shift);
            v[3] >>= shift;
            for (int i = 3; i > 0; i--) r[i] = r[i] << shift | r[i - 1] >> (64 - shift);
            r[0] <<= shift;
            k += shift;
            if ((v[0] & 1) == 0) continue;
        }
        uint64_t distance[4], sum[4], carry = 0;
        int is_swapped = clibcrypto_p256_distance(distance, v, u);
        for (int i = 0; i < 4; i++) {
            unsigned __int128 word = (unsigned __int128)r[i] + t[i] + carry;
            sum[i] = (uint64_t)word;
            carry = (uint64_t)(word >> 64);
        }
        if (is_swapped) {
            memcpy(u, v, sizeof(u));
            memcpy(r, t, sizeof(r));
            is_negative = !is_negative;
        }
        memcpy(v, distance, sizeof(v));
        memcpy(t, sum, sizeof(t));
    }
    if (u[0] != 1 || (u[1] | u[2] | u[3]) != 0 || k > 511 || k < 255) return 0;
    if (is_negative) clibcrypto_p256_distance(r, order, r);
    for (int i = 0; i < 32; i++) result[i] = (unsigned char)(r[3 - i / 8] >> (56 - 8 * (i % 8)));
    return k;
}

// s⁻¹ in Montgomery form, that is times 2^256; 0 when it was not found. `s` as a number, and as its 32 bytes.
static inline int clibcrypto_p256_inverse(
    const clibcrypto_p256_table *table, BIGNUM *inverse, const BIGNUM *s, const unsigned char *bytes, BN_CTX *scratch) {
    unsigned char almost[32];
    int k = clibcrypto_p256_almost_inverse(almost, bytes);
    BIGNUM *power = BN_CTX_get(scratch);
    if (k == 0 || power == NULL) return 0;
    const BIGNUM *order = EC_GROUP_get0_order(table->curve);
    if (BN_bin2bn(almost, 32, inverse) == NULL) return 0;
    // The power of two below has as many bits as the order at most.
    if (k == 255 && !BN_mod_lshift1_quick(inverse, inverse, order)) return 0;
    if (k == 255) k = 256;
    // s⁻¹ · 2^k · 2^(511 - k) · 2^-256 · 2
    BN_zero(power);
    return BN_set_bit(power, 511 - k) && BN_mod_mul_montgomery(inverse, inverse, power, table->order, scratch)
        && BN_mod_lshift1_quick(inverse, inverse, order)
        // Whatever came of the above, only an inverse is taken.
        && BN_mod_mul_montgomery(power, inverse, s, table->order, scratch) && BN_is_one(power);
}

// 1 when the signature, r and s of 32 bytes each, is right for the digest of 32 bytes; 0 when it is wrong; -1: can't tell.
static inline int clibcrypto_p256_verify(
    const clibcrypto_p256_table *table, const unsigned char *signature, const unsigned char *digest) {
    const BIGNUM *order = EC_GROUP_get0_order(table->curve);
    BN_CTX *scratch = BN_CTX_new();
    if (scratch == NULL) return -1;
    BN_CTX_start(scratch);
    BIGNUM *r = BN_CTX_get(scratch), *s = BN_CTX_get(scratch), *e = BN_CTX_get(scratch), *w = BN_CTX_get(scratch);
    int verdict = -1;
    if (w != NULL && BN_bin2bn(signature, 32, r) != NULL && BN_bin2bn(signature + 32, 32, s) != NULL
        && BN_bin2bn(digest, 32, e) != NULL) {
        if (BN_is_zero(r) || BN_is_zero(s) || BN_ucmp(r, order) >= 0 || BN_ucmp(s, order) >= 0) {
            verdict = 0;
        } else if (
            // The digest has as many bits as the order, and less than twice its value.
            (BN_ucmp(e, order) < 0 || BN_usub(e, e, order))
            // u1 = e / s, u2 = r / s
            && clibcrypto_p256_inverse(table, w, s, signature + 32, scratch)
            && BN_mod_mul_montgomery(e, e, w, table->order, scratch)
            && BN_mod_mul_montgomery(w, r, w, table->order, scratch)) {
            verdict = clibcrypto_p256_compare(table, r, e, w, scratch);
        }
    }
    BN_CTX_end(scratch);
    BN_CTX_free(scratch);
    return verdict;
}

#endif
