#pragma once
#include <stdint.h>

namespace twin {

/// Whether the joint is driven.
enum class State : uint8_t { kFailsafe, kActive };

/// Why the joint is not driven, or was not last; `kNone` while it is.
enum class Cause : uint8_t { kNone, kBoot, kSilence, kLink, kSensor, kSupply, kOverrun };

const char* stateText(State state);

/// The cause as telemetry says it; "" for `kNone`.
const char* causeText(Cause cause);

/// Decides whether the joint may be driven: only from an accepted command on, for as long as that is good.
///
/// Begins in failsafe and never leaves it by itself: a fault that has gone waits for a new command too.
class Failsafe {
 public:
  /// A command was accepted: drive for `lifeMs` from `nowMs` on. Ignored while a fault holds.
  void activate(uint32_t nowMs, uint32_t lifeMs);

  /// Stops driving. The newest cause is the one that is told.
  void enter(Cause cause);

  /// Takes what the last control step found. While a fault holds there is no way out of failsafe.
  void judge(bool hasPosition, bool hasSupply);

  /// Ends an activity whose command is too old.
  void expire(uint32_t nowMs);

  State state() const { return state_; }
  bool isActive() const { return state_ == State::kActive; }
  Cause cause() const { return cause_; }

  /// The fault that holds now, `kSupply` or `kSensor`; else `kNone`.
  Cause fault() const { return fault_; }

 private:
  State state_ = State::kFailsafe;
  Cause cause_ = Cause::kBoot;
  Cause fault_ = Cause::kNone;
  uint32_t sinceMs_ = 0;
  uint32_t lifeMs_ = 0;
};

}  // namespace twin
