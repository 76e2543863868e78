#pragma once
#include <Print.h>

#include "core/failsafe.hpp"

namespace twin {
namespace esp32 {

/// How the device is, for a person at the serial monitor.
struct Status {
  bool hasNetwork;
  bool isConnected;  // to the broker
  bool isOnline;
  State state;
  Cause cause;
  float positionMv;
};

/// One line when something changes, and each five seconds; never two within a second.
class StatusLine {
 public:
  /// Longest line, in characters: with room for so many, `print` does not wait.
  static constexpr int kMost = 100;

  bool isDue(const Status& status, uint32_t nowMs) const;
  void print(const Status& status, uint32_t nowMs, Print& to);

 private:
  uint8_t last_ = 0xff;  // what was printed, in bits
  uint32_t printedMs_ = 0;
};

}  // namespace esp32
}  // namespace twin
