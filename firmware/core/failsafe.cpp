#include "failsafe.hpp"

namespace twin {

const char* stateText(State state) { return state == State::kActive ? "active" : "failsafe"; }

const char* causeText(Cause cause) {
  switch (cause) {
    case Cause::kNone: return "";
    case Cause::kBoot: return "boot";
    case Cause::kSilence: return "silence";
    case Cause::kLink: return "link";
    case Cause::kSensor: return "sensor";
    case Cause::kSupply: return "supply";
    case Cause::kOverrun: return "overrun";
  }
  return "";
}

void Failsafe::activate(uint32_t nowMs, uint32_t lifeMs) {
  if (fault_ != Cause::kNone) return;
  state_ = State::kActive;
  cause_ = Cause::kNone;
  sinceMs_ = nowMs;
  lifeMs_ = lifeMs;
}

void Failsafe::enter(Cause cause) {
  state_ = State::kFailsafe;
  cause_ = cause;
}

void Failsafe::judge(bool hasPosition, bool hasSupply) {
  // A brown-out takes the sensor down with it, so it is the better explanation of the two.
  fault_ = !hasSupply ? Cause::kSupply : !hasPosition ? Cause::kSensor : Cause::kNone;
  if (fault_ != Cause::kNone) enter(fault_);
}

void Failsafe::expire(uint32_t nowMs) {
  // Unsigned, so that it is right over a wrap, and a clock that runs backwards stops the joint.
  if (isActive() && nowMs - sinceMs_ >= lifeMs_) enter(Cause::kSilence);
}

}  // namespace twin
