#pragma once
#include <stdint.h>

#include "memory.hpp"

namespace twin {

static_assert(sizeof(float) == 4, "the core counts on IEEE 754 binary32");

/// No number: what a sensor gives that gives none.
constexpr float kNaN = __builtin_nanf("");

/// Bit pattern of a float.
inline uint32_t floatBits(float value) {
  uint32_t bits;
  copyBytes(&bits, &value, sizeof bits);
  return bits;
}

/// False for NaN and infinities; by bits, so that it needs no libm and no optimisation flag undoes it.
inline bool isFinite(float value) { return (floatBits(value) & 0x7F800000U) != 0x7F800000U; }

/// `value` within ±`bound`; NaN becomes -`bound`.
inline float clampTo(float value, float bound) {
  if (!(value > -bound)) return -bound;
  return value < bound ? value : bound;
}

inline float magnitude(float value) { return value < 0.0F ? -value : value; }

}  // namespace twin
