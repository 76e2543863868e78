#pragma once
#include <stdint.h>

namespace twin {

/// When the newest telemetries were sent, by the board's own clock. A command says which of them its sender
/// had seen (`ref`); that is its age, with no clocks in step and whatever held it up on its way.
class SendTimes {
 public:
  /// Telemetry older than this proves nothing, in ms.
  static constexpr uint32_t kMaxAgeMs = 600;

  /// Number that the next telemetry carries.
  uint32_t next() const { return next_; }

  /// Notes that telemetry `next()` was sent.
  void sent(uint32_t nowMs);

  /// Drops what is too old. Called all the time, a millisecond counter that wraps brings nothing back to life.
  void forget(uint32_t nowMs);

  /// Whether telemetry `number` was sent at most 600 ms ago, as one of the last 32.
  bool isFresh(uint32_t number, uint32_t nowMs) const;

 private:
  static constexpr uint32_t kKept = 32;

  uint32_t at(uint32_t number) const { return sentAtMs_[number % kKept]; }

  uint32_t sentAtMs_[kKept];
  uint32_t next_ = 0;
  uint32_t kept_ = 0;  // so many before `next_` are remembered
};

}  // namespace twin
