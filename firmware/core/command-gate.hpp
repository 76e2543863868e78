#pragma once
#include <stdint.h>

#include "command.hpp"
#include "config.hpp"
#include "failsafe.hpp"
#include "send-times.hpp"

namespace twin {

/// What became of a command, in the order of judgement.
enum class Verdict : uint8_t {
  kAccepted,
  kRetained,
  kMalformed,
  kReplay,
  kLate,
  kUnknownSignal,
  kOutsideLimits,
  kSupply,
  kSensor,
};

/// The reason as an ack says it; "" for `kAccepted`.
const char* reasonText(Verdict verdict);

/// Judges commands: only one that is new, fresh, meant for this joint and within its limits passes.
class CommandGate {
 public:
  explicit CommandGate(const Config& config) : config_(config) {}

  /// `isRetained` says that a broker had kept it; `fault` is what holds the failsafe now, or `kNone`.
  Verdict judge(const Command& command, bool isRetained, Cause fault, const SendTimes& sent, uint32_t nowMs);

  /// The newest sequence number that was neither a replay nor late.
  uint32_t lastSeq() const { return lastSeq_; }

 private:
  const Config& config_;
  uint32_t lastSeq_ = 0;
  bool hasLast_ = false;
};

}  // namespace twin
