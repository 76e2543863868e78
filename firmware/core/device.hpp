#pragma once
#include <stdint.h>

#include "announcement.hpp"
#include "board.hpp"
#include "command-gate.hpp"
#include "config.hpp"
#include "counters.hpp"
#include "failsafe.hpp"
#include "joint-controller.hpp"
#include "mqtt-client.hpp"
#include "send-times.hpp"
#include "transport.hpp"
#include "wide-clock.hpp"

namespace twin {

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

  /// Stops the joint, says `offline` and ends the session in an orderly way; `step` must go on until `hasLeft`.
  void leave();

  /// True when nothing more comes after `leave`.
  bool hasLeft() const { return hasLeft_; }

  /// True while a session is up, its subscription granted, birth and status acknowledged.
  bool isOnline() const { return mqtt_.isUp() && announcement_.isDone(); }

  State state() const { return failsafe_.state(); }
  Cause cause() const { return failsafe_.cause(); }

  /// Newest accepted target in m or rad; NaN before the first.
  float target() const { return controller_.target(); }

  /// Drive the board was last given, -1 to 1.
  float duty() const { return duty_; }

  /// Position of the last control step in m or rad; NaN while the sensor gives none.
  float position() const { return controller_.position(); }

  /// Number that the next telemetry will carry.
  uint32_t nextTelemetry() const { return sent_.next(); }

  const Counters& counters() const { return counters_; }

 private:
  void start(uint32_t nowUs, uint32_t nowMs);
  void control(uint32_t nowUs, uint32_t nowMs);
  void converse(uint32_t nowMs);
  void takeMessage(uint32_t nowMs);
  void sendTelemetry(uint32_t nowMs);
  void goOn(uint32_t nowMs);
  void drive(float duty);

  const Config& config_;
  Board& board_;
  Counters counters_;
  MqttClient mqtt_;
  Announcement announcement_;
  CommandGate gate_;
  SendTimes sent_;
  Failsafe failsafe_;
  JointController controller_;
  WideClock clock_;
  uint32_t boot_ = 0;
  uint32_t dueUs_ = 0;      // when the last control step was due
  uint32_t controlUs_ = 0;  // when it came
  uint32_t controlMs_ = 0;
  uint32_t telemetryMs_ = 0;  // when the last telemetry was due
  uint32_t attemptMs_ = 0;    // when one was last refused
  uint32_t leavingMs_ = 0;
  float duty_ = 0.0F;
  float supplyV_ = kNaN;
  bool hasStarted_ = false;
  bool isTelemetryRefused_ = false;
  bool isLeaving_ = false;
  bool hasLeft_ = false;
  const uint32_t overdueMs_;  // a control step later than this after the last is a failsafe
  const bool isConfigured_;
};

}  // namespace twin
