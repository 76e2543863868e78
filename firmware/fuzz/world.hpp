#pragma once
#include <cstdint>
#include <string>

#include "core/device.hpp"
#include "judge.hpp"
#include "random.hpp"

namespace fuzz {

/// What was seen in all sessions, to show that the fuzzing reaches what it should.
struct Tally {
  uint64_t sessions = 0;
  uint64_t active = 0;  ///< sessions in which the joint was driven
  uint64_t accepted = 0;
  uint64_t refused = 0;
  uint64_t packets = 0;     ///< written by the device
  uint64_t violations = 0;  ///< connections that the device ended
  uint64_t oversize = 0;
  uint64_t overruns = 0;
  uint64_t recoveries = 0;  ///< proofs that a good session still works
};

/// A broker, a link and a board that do what they must not, and a device among them.
class World final : public twin::Transport, public twin::Board {
 public:
  World(const twin::Config& config, Random& random, Tally& tally);
  ~World();

  // The link.
  void open() override;
  State state() override { return state_; }
  size_t read(uint8_t* to, size_t room) override;
  bool write(const uint8_t* packet, size_t size) override;
  void close() override;

  // The board.
  uint32_t millis() override { return static_cast<uint32_t>(us_ / 1000) + offsetMs; }
  uint32_t micros() override { return static_cast<uint32_t>(us_) + offsetUs; }
  uint32_t bootId() override { return 7; }
  float jointPosition() override { return position; }
  float supplyVoltage() override { return supply; }
  void setDuty(float duty) override;
  void kickWatchdog() override;

  /// Lets time go by and the device do a step, and requires what must hold after each.
  void step(uint64_t us);

  /// Whether CONNECT was written to the present connection.
  bool isGreeted() const { return isGreeted_; }

  const twin::Config& config;
  twin::Device device;
  std::string inbound;
  uint32_t offsetMs;
  uint32_t offsetUs;
  float position = 0.01F;
  float supply = 12.0F;
  uint32_t chunk = 4096;     ///< most bytes that a read gives
  uint32_t refuseOneIn = 0;  ///< 0: writes are never refused
  bool isReachable = true;
  bool isBroker = false;   ///< each packet is answered as a broker does
  bool hasJumped = false;  ///< a clock was set since something was read
  bool wasActive = false;
  uint32_t sequence = 0;  ///< of the last good command

 private:
  void answer(const Judged& judged);
  void takeTelemetry(std::string_view payload);

  Random& random_;
  Tally& tally_;
  State state_ = State::kClosed;
  bool isGreeted_ = false;
  uint64_t us_ = 0;
  uint64_t readUs_ = 0;
  uint64_t gapUs_ = 0;

  uint32_t clockUs_ = 0;
  uint32_t clockGapUs_ = 0;

  /// Whether a control step came in this step for certain, by the device's clock, whatever its phase. (A clock
  /// that was set back by less than a period only makes the next one come later.)
  bool isControlled() const { return clockGapUs_ >= 2 * config.controlPeriodUs && clockGapUs_ < 0x80000000U; }
  float duty_ = 0.7F;  // whatever a power stage does before it is told
  bool isTold_ = false;
  uint32_t nextTelemetry_ = 0;
  uint64_t lastTimeUs_ = 0;
};

}  // namespace fuzz
