#pragma once
#include <stdint.h>

namespace twin {

/// Makes a counter of µs, which wraps at 2^32 every 71.6 minutes, a 64-bit one that does not.
class WideClock {
 public:
  /// Takes the counter's value; needed at least once in each 71 minutes.
  void update(uint32_t nowUs) { us_ += static_cast<uint32_t>(nowUs - static_cast<uint32_t>(us_)); }

  /// The counter as if it had never wrapped since the first update.
  uint64_t us() const { return us_; }

 private:
  uint64_t us_ = 0;
};

}  // namespace twin
