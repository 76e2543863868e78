#pragma once
#include <cstddef>
#include <cstdint>

namespace fuzz {

/// Numbers that a seed repeats (xorshift64*).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 0x1234567U) {
    if (state_ == 0) state_ = 1;
    next();
  }

  uint32_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>((state_ * 0x2545F4914F6CDD1DU) >> 32);
  }

  /// 0 … bound-1.
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>((uint64_t{next()} * bound) >> 32); }

  /// True once in `bound` times.
  bool oneIn(uint32_t bound) { return below(bound) == 0; }

  template <typename T, size_t N>
  T pick(const T (&from)[N]) {
    return from[below(N)];
  }

 private:
  uint64_t state_;
};

}  // namespace fuzz
