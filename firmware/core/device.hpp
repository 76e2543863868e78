#pragma once
#include <stdint.h>

#include "board.hpp"
#include "config.hpp"
#include "transport.hpp"

namespace twin {

/// Whether the joint is driven.
enum class State : uint8_t { kFailsafe, kActive };

/// Why the joint is not driven; `kNone` while it is.
enum class Cause : uint8_t { kNone, kBoot, kSilence, kLink, kSensor, kSupply, kOverrun };

/// What went wrong so far, counted from the boot, each wrapping at 2^32.
struct Counters {
  /// Inbound packets that were too large and were skipped.
  uint32_t oversize = 0;
  /// Connections ended because the other side broke MQTT.
  uint32_t violations = 0;
  /// Sessions that were established and lost.
  uint32_t lostSessions = 0;
  /// Answers to commands that the transport had no room for.
  uint32_t droppedAcks = 0;
  /// Control steps that came more than 50 ms late.
  uint32_t overruns = 0;
};

/// One joint's device of the native profile: MQTT session, commands, telemetry, control loop and failsafe.
///
/// Owns no heap and no thread: all of it happens inside `step`, which never waits.
class Device {
 public:
  /// Touches neither transport nor board before the first `step`. All three must outlive the device.
  Device(const Config& config, Transport& transport, Board& board);
  Device(Config&&, Transport&, Board&) = delete;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// Does what is due; call it as often as possible, at least once a control period.
  void step();

  /// Says `offline` and ends the session in an orderly way; `step` must go on until `hasLeft`.
  void leave();

  /// True when nothing more comes after `leave`.
  bool hasLeft() const;

  /// True while a session is up, its subscription granted, birth and status acknowledged.
  bool isOnline() const;

  State state() const;
  Cause cause() const;

  /// Newest accepted target in m or rad; NaN before the first.
  float target() const;

  /// Drive the board was last given, -1 to 1.
  float duty() const;

  /// Position of the last control step in m or rad; NaN while the sensor gives none.
  float position() const;

  /// Number that the next telemetry will carry.
  uint32_t nextTelemetry() const;

  const Counters& counters() const;

 private:
  const Config& config_;
  Transport& transport_;
  Board& board_;
};

}  // namespace twin
