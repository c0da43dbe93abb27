// ECDSA with P-256 (FIPS 186-5 section 6.4.2) by two tables: libcrypto has one of multiples of the generator, and makes one of
// multiples of the public key when it is told that this is a generator.
//
// The functions on groups and points are deprecated in OpenSSL 3, and are in each of its releases. Whoever has no such table is
// told so (NULL), and whoever can't tell whether a signature is right says that (-1): EVP_PKEY_verify is asked then.
#ifndef CLIBCRYPTO_P256_H
#define CLIBCRYPTO_P256_H

#include "shim.h"
#include <openssl/obj_mac.h>

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
            && BN_mod_inverse(w, s, order, scratch) != NULL && BN_to_montgomery(w, w, table->order, scratch)
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
