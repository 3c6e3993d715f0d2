/* XXH3, header only: its names are macros under XXH_INLINE_ALL, which Swift cannot see. */
#define XXH_INLINE_ALL
#include <xxhash.h>

typedef struct {
  uint64_t low, high;
} cxxhash_128;

static inline cxxhash_128 cxxhash_xxh3_128(const void *bytes, size_t length) {
  XXH128_hash_t hash = XXH3_128bits(bytes, length);
  cxxhash_128 parts = {hash.low64, hash.high64};
  return parts;
}

static inline uint64_t cxxhash_xxh3_64(const void *bytes, size_t length) { return XXH3_64bits(bytes, length); }
