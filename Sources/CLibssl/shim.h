// What this project uses of OpenSSL 3.0's libssl, and of libcrypto for certificates.
//
// Below are wrappers for what Swift can't call: macros, and callbacks.
#ifndef CLIBSSL_SHIM_H
#define CLIBSSL_SHIM_H

#include <limits.h>
#include <stdint.h>
#include <time.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// In place of OpenSSL's own, which asks on the terminal.
static inline int clibssl_no_passphrase(char *buffer, int size, int is_writing, void *context) {
    (void)buffer, (void)size, (void)is_writing, (void)context;
    return -1;
}

static inline void clibssl_free_certificates(STACK_OF(X509) *certificates) { sk_X509_pop_free(certificates, X509_free); }

// The certificates of a PEM text, one or more; NULL when there is none, or something in it can't be parsed.
static inline STACK_OF(X509) *clibssl_parse_certificates(const void *pem, size_t count) {
    BIO *text = count == 0 || count > INT_MAX ? NULL : BIO_new_mem_buf(pem, (int)count);
    STACK_OF(X509) *certificates = sk_X509_new_null();
    int ok = text != NULL && certificates != NULL;
    X509 *certificate = NULL;
    while (ok && (certificate = PEM_read_bio_X509(text, NULL, clibssl_no_passphrase, NULL)) != NULL) {
        ok = sk_X509_push(certificates, certificate) > 0;
        if (!ok) X509_free(certificate);
    }
    unsigned long end = ERR_peek_last_error();
    ok = ok && sk_X509_num(certificates) > 0
        && ERR_GET_LIB(end) == ERR_LIB_PEM && ERR_GET_REASON(end) == PEM_R_NO_START_LINE;
    BIO_free(text);
    if (ok) return certificates;
    clibssl_free_certificates(certificates);
    return NULL;
}

// The first private key of a PEM text; NULL when there is none, or it has a passphrase.
static inline EVP_PKEY *clibssl_parse_key(const void *pem, size_t count) {
    BIO *text = count == 0 || count > INT_MAX ? NULL : BIO_new_mem_buf(pem, (int)count);
    EVP_PKEY *key = text == NULL ? NULL : PEM_read_bio_PrivateKey(text, NULL, clibssl_no_passphrase, NULL);
    BIO_free(text);
    return key;
}

// For clients: TLS 1.2 and newer, the server's certificate always verified; no renegotiation, compression, tickets or
// sessions kept. NULL without memory.
static inline SSL_CTX *clibssl_client_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1) return context;
    SSL_CTX_free(context);
    return NULL;
}

// 1 when all certificates were taken.
static inline int clibssl_trust(SSL_CTX *context, STACK_OF(X509) *anchors) {
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    int ok = 1;
    for (int i = 0; ok && i < sk_X509_num(anchors); i++) ok = X509_STORE_add_cert(store, sk_X509_value(anchors, i)) == 1;
    return ok;
}

// Takes a certificate with the chain that leads to its root, and its key; 1 when they fit together.
static inline int clibssl_identify(SSL_CTX *context, STACK_OF(X509) *chain, EVP_PKEY *key) {
    X509 *own = sk_X509_value(chain, 0);
    int ok = X509_check_private_key(own, key) == 1 && SSL_CTX_use_certificate(context, own) == 1
        && SSL_CTX_use_PrivateKey(context, key) == 1;
    for (int i = 1; ok && i < sk_X509_num(chain); i++) {
        ok = SSL_CTX_add1_chain_cert(context, sk_X509_value(chain, i)) == 1;
    }
    return ok;
}

// How many KeyUpdates (RFC 8446 section 4.6.3) a client may send for so much plaintext. To follow one takes 25 microseconds, and 2,400
// fit a read.
#define CLIBSSL_KEY_UPDATES 16

// Counts them. Behind one too many nothing of what came is read.
static inline void clibssl_note_message(
    int is_sent, int version, int type, const void *message, size_t count, SSL *ssl, void *unused
) {
    (void)version, (void)unused;
    if (is_sent || type != SSL3_RT_HANDSHAKE || count == 0 || *(const uint8_t *)message != SSL3_MT_KEY_UPDATE) return;
    uintptr_t number = (uintptr_t)SSL_get_app_data(ssl) + 1;
    SSL_set_app_data(ssl, (void *)number);
    if (number > CLIBSSL_KEY_UPDATES) (void)BIO_reset(SSL_get_rbio(ssl));
}

// Whether there were too many.
static inline int clibssl_has_updated_too_often(const SSL *ssl) {
    return (uintptr_t)SSL_get_app_data(ssl) > CLIBSSL_KEY_UPDATES;
}

// Begins to count anew, unless there were too many.
static inline void clibssl_forget_updates(SSL *ssl) {
    if (!clibssl_has_updated_too_often(ssl)) SSL_set_app_data(ssl, NULL);
}

// For servers: TLS 1.2 with ECDHE and AEAD alone (RFC 9113 section 9.2.2 allows no others for HTTP/2) and newer; no
// renegotiation or compression, and no early data, which is off unless asked for. No session is kept here: what is resumed
// is in the client's ticket. NULL without memory.
static inline SSL_CTX *clibssl_server_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_msg_callback(context, clibssl_note_message);
    // Ten thousand silent connections hold no buffers of records.
    SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1
        && SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1) {
        return context;
    }
    SSL_CTX_free(context);
    return NULL;
}

// Takes the first of our protocols that the client names as well (RFC 7301 section 3.2); none is fatal.
static inline int clibssl_choose_protocol(
    SSL *ssl, const unsigned char **chosen, unsigned char *size, const unsigned char *offered, unsigned count, void *unused
) {
    static const unsigned char own[] = "\x02h2\x08http/1.1";
    (void)ssl, (void)unused;
    int result = SSL_select_next_proto((unsigned char **)chosen, size, own, sizeof own - 1, offered, count);
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static inline void clibssl_offer_protocols(SSL_CTX *context) {
    SSL_CTX_set_alpn_select_cb(context, clibssl_choose_protocol, NULL);
}

// What was chosen: 2 for h2, 1 for http/1.1, 0 when the client named none.
static inline int clibssl_chosen_protocol(const SSL *ssl) {
    const unsigned char *name = NULL;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &name, &size);
    return size == 0 ? 0 : size == 2 ? 2 : 1;
}

// Refuses clients without a certificate that one of these vouches for, an intermediate as well as a root. Each connection
// shows its own: one that was resumed would go by a certificate that may have expired since. 1 when all were taken.
static inline int clibssl_require_clients_of(SSL_CTX *context, STACK_OF(X509) *anchors) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
    int ok = SSL_CTX_set_num_tickets(context, 0) == 1 && clibssl_trust(context, anchors) == 1;
    // Told to clients, which may have several certificates.
    for (int i = 0; ok && i < sk_X509_num(anchors); i++) {
        ok = SSL_CTX_add_client_CA(context, sk_X509_value(anchors, i)) == 1;
    }
    return ok;
}

// Whether a key is that of the first certificate.
static inline int clibssl_fits(STACK_OF(X509) *chain, EVP_PKEY *key) {
    return X509_check_private_key(sk_X509_value(chain, 0), key) == 1;
}

// When the first certificate expires (RFC 5280 section 4.1.2.5), in seconds since the epoch; INT64_MIN when it does not say.
static inline int64_t clibssl_expiry(STACK_OF(X509) *certificates) {
    struct tm time;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(sk_X509_value(certificates, 0)), &time) != 1) return INT64_MIN;
    return (int64_t)timegm(&time);
}

// When the one that expires first does; INT64_MIN when one of them does not say.
static inline int64_t clibssl_earliest_expiry(STACK_OF(X509) *certificates) {
    int64_t earliest = INT64_MAX;
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        struct tm time;
        if (ASN1_TIME_to_tm(X509_get0_notAfter(sk_X509_value(certificates, i)), &time) != 1) return INT64_MIN;
        int64_t expiry = (int64_t)timegm(&time);
        if (expiry < earliest) earliest = expiry;
    }
    return earliest;
}

// A connection between two memory BIOs that it owns: what it reads from `input`, and what it writes to `output`.
// An empty input is to wait for, not the end. NULL without memory.
static inline SSL *clibssl_connection(SSL_CTX *context, BIO **input, BIO **output) {
    SSL *ssl = SSL_new(context);
    *input = BIO_new(BIO_s_mem());
    *output = BIO_new(BIO_s_mem());
    if (ssl != NULL && *input != NULL && *output != NULL) {
        BIO_set_mem_eof_return(*input, -1);
        SSL_set_bio(ssl, *input, *output);
        return ssl;
    }
    SSL_free(ssl);
    BIO_free(*input);
    BIO_free(*output);
    return NULL;
}

// The name that the server is asked for (RFC 6066 section 3) and that its certificate must have; 1 when it can be one.
static inline int clibssl_expect_name(SSL *ssl, const char *name) {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

// The IP address that the server's certificate must have; 1 when it is one.
static inline int clibssl_expect_address(SSL *ssl, const char *address) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address);
}

static inline size_t clibssl_pending(BIO *bio) { return BIO_ctrl_pending(bio); }

// What a memory BIO holds, in place.
static inline const void *clibssl_content(BIO *bio, size_t *count) {
    char *start = NULL;
    long size = BIO_get_mem_data(bio, &start);
    *count = size > 0 ? (size_t)size : 0;
    return start;
}

// Takes so many bytes off the front of a memory BIO.
static inline void clibssl_drop(BIO *bio, size_t count) {
    char sink[4096];
    size_t taken = 0;
    while (count > 0 && BIO_read_ex(bio, sink, count < sizeof sink ? count : sizeof sink, &taken)) count -= taken;
}

#endif
