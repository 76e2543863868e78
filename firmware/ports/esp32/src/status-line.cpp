#include "status-line.hpp"

namespace twin {
namespace esp32 {

namespace {

constexpr uint32_t kLeastPauseMs = 1000;
constexpr uint32_t kGreatestPauseMs = 5000;

uint8_t bitsOf(const Status& status) {
  return static_cast<uint8_t>(status.hasNetwork | status.isConnected << 1 | status.isOnline << 2 |
                              static_cast<uint8_t>(status.cause) << 3);
}

}  // namespace

bool StatusLine::isDue(const Status& status, uint32_t nowMs) const {
  const uint32_t pause = nowMs - printedMs_;
  return pause >= kGreatestPauseMs || (pause >= kLeastPauseMs && bitsOf(status) != last_);
}

void StatusLine::print(const Status& status, uint32_t nowMs, Print& to) {
  last_ = bitsOf(status);
  printedMs_ = nowMs;
  to.print("wifi ");
  to.print(status.hasNetwork ? "joined" : "away");
  to.print(", broker ");
  to.print(status.isConnected ? "connected" : "away");
  to.print(status.isOnline ? ", online, " : ", not online, ");
  to.print(stateText(status.state));
  if (status.cause != Cause::kNone) {
    to.print(" (");
    to.print(causeText(status.cause));
    to.print(")");
  }
  to.print(", position ");
  to.print(static_cast<int32_t>(status.positionMv));
  to.println(" mV");
}

}  // namespace esp32
}  // namespace twin
