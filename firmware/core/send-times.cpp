#include "send-times.hpp"

namespace twin {

void SendTimes::sent(uint32_t nowMs) {
  sentAtMs_[next_ % kKept] = nowMs;
  ++next_;
  if (kept_ < kKept) ++kept_;
}

void SendTimes::forget(uint32_t nowMs) {
  while (kept_ > 0 && nowMs - at(next_ - kept_) > kMaxAgeMs) --kept_;
}

bool SendTimes::isFresh(uint32_t number, uint32_t nowMs) const {
  // Unsigned: a number not yet sent is a very old one.
  const uint32_t age = next_ - 1U - number;
  return age < kept_ && nowMs - at(number) <= kMaxAgeMs;
}

}  // namespace twin
