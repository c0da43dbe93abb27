// What this project uses of OpenSSL 3.0's libcrypto.
//
// Below are wrappers for what Swift can't call: macros, and functions that OpenSSL marks as deprecated. The low-level
// digests are deprecated, not weak: they neither fetch nor allocate (0.67 µs for 1,200 bytes here; SHA256() takes 0.92).
#ifndef CLIBCRYPTO_SHIM_H
#define CLIBCRYPTO_SHIM_H

#define OPENSSL_SUPPRESS_DEPRECATED
#include <limits.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

static inline void clibcrypto_sha256(const void *bytes, size_t count, void *digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, count);
    SHA256_Final((unsigned char *)digest, &context);
}

static inline void clibcrypto_sha384(const void *bytes, size_t count, void *digest) {
    SHA512_CTX context;
    SHA384_Init(&context);
    SHA384_Update(&context, bytes, count);
    SHA384_Final((unsigned char *)digest, &context);
}

static inline void clibcrypto_sha512(const void *bytes, size_t count, void *digest) {
    SHA512_CTX context;
    SHA512_Init(&context);
    SHA512_Update(&context, bytes, count);
    SHA512_Final((unsigned char *)digest, &context);
}

// A public key of the given type, or NULL when libcrypto refuses the numbers.
static inline EVP_PKEY *clibcrypto_public_key(const char *type, OSSL_PARAM *params) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (context != NULL && EVP_PKEY_fromdata_init(context) == 1) {
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params);
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

// An RSA public key. Both numbers have their least significant byte first.
static inline EVP_PKEY *clibcrypto_rsa_public_key(
    unsigned char *modulus, size_t modulus_count, unsigned char *exponent, size_t exponent_count) {
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, modulus, modulus_count),
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_E, exponent, exponent_count),
        OSSL_PARAM_construct_end(),
    };
    return clibcrypto_public_key("RSA", params);
}

// An EC public key on a named curve, from its uncompressed point (0x04, x, y). NULL also when the point is not on the curve.
static inline EVP_PKEY *clibcrypto_ec_public_key(const char *curve, unsigned char *point, size_t point_count) {
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)curve, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, point_count),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *key = clibcrypto_public_key("EC", params);
    EVP_PKEY_CTX *context = key == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (context == NULL || EVP_PKEY_public_check(context) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

// Takes the padding of RSASSA-PKCS1-v1_5 or RSASSA-PSS (MGF1 with the same hash, a salt as long as the digest) and the hash;
// 1 when all was taken.
static inline int clibcrypto_set_rsa_scheme(EVP_PKEY_CTX *context, int is_pss, const EVP_MD *hash) {
    if (!is_pss) {
        return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
            && EVP_PKEY_CTX_set_signature_md(context, hash) == 1;
    }
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
        && EVP_PKEY_CTX_set_signature_md(context, hash) == 1
        && EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) == 1
        && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

// RSAVP1 (RFC 8017 section 5.2.2) for the exponent 65537: m = s^65537 mod n; 1 when s is below n and all is well.
//
// 18 Montgomery multiplications; BN_mod_exp_mont takes 20. The last one is by s as it is, so its product has left Montgomery
// form, too.
static inline int clibcrypto_rsavp1(
    BIGNUM *m, const BIGNUM *s, const BIGNUM *n, const BN_MONT_CTX *montgomery, BN_CTX *scratch) {
    BN_MONT_CTX *read_only = (BN_MONT_CTX *)montgomery;
    int ok = BN_ucmp(s, n) < 0 && BN_to_montgomery(m, s, read_only, scratch);
    for (int squarings = 0; ok && squarings < 16; squarings++) {
        ok = BN_mod_mul_montgomery(m, m, m, read_only, scratch);
    }
    return ok && BN_mod_mul_montgomery(m, m, s, read_only, scratch);
}

// Whether s^65537 mod n is the frame, an encoded message that ends in as many zeros as a digest has, with this digest there.
static inline int clibcrypto_verify_framed(
    const void *signature, size_t signature_count, const void *digest, size_t digest_count,
    const BIGNUM *modulus, const BN_MONT_CTX *montgomery, const BIGNUM *frame) {
    BN_CTX *scratch = BN_CTX_new();
    BIGNUM *number = BN_bin2bn(signature, (int)signature_count, NULL);
    BIGNUM *message = BN_new();
    int ok = scratch != NULL && number != NULL && message != NULL
        && clibcrypto_rsavp1(message, number, modulus, montgomery, scratch);
    BIGNUM *expected = number;
    ok = ok && BN_bin2bn(digest, (int)digest_count, expected) != NULL && BN_uadd(expected, expected, frame)
        && BN_ucmp(message, expected) == 0;
    BN_free(message);
    BN_free(number);
    BN_CTX_free(scratch);
    return ok;
}

static inline EVP_PKEY *clibcrypto_generate_rsa(unsigned int bits) { return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits); }
static inline EVP_PKEY *clibcrypto_generate_ec(const char *curve) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve); }
static inline EVP_PKEY *clibcrypto_generate_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }

// Nobody is asked for a pass phrase.
static inline int clibcrypto_no_pass_phrase(char *buffer, int size, int is_written, void *context) {
    (void)buffer, (void)size, (void)is_written, (void)context;
    return -1;
}

// The first private key in a PEM text, or NULL when there is none that is not encrypted.
static inline EVP_PKEY *clibcrypto_read_private_key(const void *text, size_t count) {
    BIO *source = count <= INT_MAX ? BIO_new_mem_buf(text, (int)count) : NULL;
    EVP_PKEY *key = source == NULL ? NULL : PEM_read_bio_PrivateKey(source, NULL, clibcrypto_no_pass_phrase, NULL);
    BIO_free(source);
    return key;
}

// The bytes of an RSA public key's number, most significant first; their count, or 0 when they don't fit.
static inline size_t clibcrypto_public_number(const EVP_PKEY *key, const char *name, unsigned char *bytes, size_t capacity) {
    BIGNUM *number = NULL;
    size_t count = 0;
    if (EVP_PKEY_get_bn_param(key, name, &number) == 1 && (size_t)BN_num_bytes(number) <= capacity) {
        count = (size_t)BN_bn2bin(number, bytes);
    }
    BN_free(number);
    return count;
}

// Writes r and s of a DER signature one after the other, each `half` bytes long; 1 when all is well.
static inline int clibcrypto_concatenate_ecdsa(
    const unsigned char *der, size_t der_count, unsigned char *signature, int half) {
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)der_count);
    int ok = pair != NULL
        && BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, half) == half
        && BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + half, half) == half;
    ECDSA_SIG_free(pair);
    return ok;
}

#endif
