/*
 * Included before libregexp.c for the bytecode compiler: what it compiles is kept as a big-endian machine reads it. All else
 * of the engine's bytecode is little-endian everywhere, and turned around where it is loaded.
 */
#include "cutils.h"

static inline uint32_t turned_get_u32(const uint8_t *at) { return bswap32(get_u32(at)); }
static inline uint32_t turned_get_u16(const uint8_t *at) { return bswap16(get_u16(at)); }

#define get_u32(at) turned_get_u32(at)
#define get_u16(at) turned_get_u16(at)
#define put_u32(at, value) (put_u32)(at, bswap32(value))
#define put_u16(at, value) (put_u16)(at, bswap16(value))
#define dbuf_put_u32(to, value) (dbuf_put_u32)(to, bswap32(value))
#define dbuf_put_u16(to, value) (dbuf_put_u16)(to, bswap16(value))
