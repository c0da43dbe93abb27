#include <zlib.h>

/* What is a macro in zlib. A gzip member (RFC 1952), with zlib's usual window and memory. */
static inline int czlib_begin_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}
