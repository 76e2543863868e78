#pragma once
#include <stddef.h>

namespace twin {

// The compiler's own: a freestanding one has no <string.h>, and what it emits calls to must be linked anyway.

inline void copyBytes(void* to, const void* from, size_t size) { __builtin_memcpy(to, from, size); }

inline bool isSameBytes(const void* a, const void* b, size_t size) { return __builtin_memcmp(a, b, size) == 0; }

/// Bytes of a text before its terminating zero.
inline size_t lengthOf(const char* text) { return __builtin_strlen(text); }

}  // namespace twin
