#include "command-gate.hpp"

namespace twin {
namespace {

// Serial number arithmetic (RFC 1982): newer by less than half the circle. Half of it exactly is not newer.
bool isNewer(uint32_t seq, uint32_t last) {
  const uint32_t ahead = seq - last;
  return ahead != 0 && ahead < 0x80000000U;
}

}  // namespace

const char* reasonText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted: return "";
    case Verdict::kRetained: return "retained";
    case Verdict::kMalformed: return "malformed";
    case Verdict::kReplay: return "replay";
    case Verdict::kLate: return "late";
    case Verdict::kUnknownSignal: return "unknown signal";
    case Verdict::kOutsideLimits: return "outside limits";
    case Verdict::kSupply: return "supply";
    case Verdict::kSensor: return "sensor";
  }
  return "";
}

Verdict CommandGate::judge(const Command& command, bool isRetained, Cause fault, const SendTimes& sent,
                           uint32_t nowMs) {
  // A broker that kept a command gives it to whoever subscribes, at any later time.
  if (isRetained) return Verdict::kRetained;
  if (!command.isWellFormed) return Verdict::kMalformed;
  if (hasLast_ && !isNewer(command.seq, lastSeq_)) return Verdict::kReplay;
  if (!sent.isFresh(command.ref, nowMs)) return Verdict::kLate;
  lastSeq_ = command.seq;
  hasLast_ = true;
  if (!command.isTarget) return Verdict::kUnknownSignal;
  if (!(command.target >= config_.lower && command.target <= config_.upper)) return Verdict::kOutsideLimits;
  if (fault == Cause::kSupply) return Verdict::kSupply;
  if (fault == Cause::kSensor) return Verdict::kSensor;
  return Verdict::kAccepted;
}

}  // namespace twin
