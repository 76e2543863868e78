#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "core/device.hpp"
#include "core/number.hpp"
#include "ports/posix/simulated-joint.hpp"

namespace test {

/// A packet that the device wrote.
struct Packet {
  uint8_t header;
  std::string body;
  uint32_t atMs;

  int type() const { return header >> 4; }
  /// Of a PUBLISH: the topic's last level and the payload.
  std::string topic() const;
  std::string leaf() const;
  std::string payload() const;
  int packetId() const;
};

/// A link whose other end is the test.
class FakeTransport final : public twin::Transport {
 public:
  void open() override;
  State state() override { return state_; }
  size_t read(uint8_t* to, size_t room) override;
  bool write(const uint8_t* packet, size_t size) override;
  void close() override;

  std::string inbound;
  std::vector<Packet> written;
  std::vector<uint32_t> openedMs;
  size_t chunk = 4096;      ///< most bytes that one read gives
  bool hasRoom = true;      ///< false: writes are refused
  bool isReachable = true;  ///< false: `open` fails
  State state_ = State::kClosed;
  uint32_t nowMs = 0;
};

/// A board whose clock and sensors are the test's.
class FakeBoard final : public twin::Board {
 public:
  uint32_t millis() override { return static_cast<uint32_t>(us / 1000) + offsetMs; }
  uint32_t micros() override { return static_cast<uint32_t>(us) + offsetUs; }
  uint32_t bootId() override { return 17; }
  float jointPosition() override { return hasSensor ? joint.position() : twin::kNaN; }
  float supplyVoltage() override { return supply; }
  void setDuty(float value) override {
    duty = value;
    ++dutyCalls;
  }
  void kickWatchdog() override { ++kicks; }

  uint64_t us = 0;
  uint32_t offsetMs = 0;
  uint32_t offsetUs = 0;
  twin::posix::SimulatedJoint joint{0.0F, 0.04F, 0.15F, 0.01F};
  bool hasSensor = true;
  float supply = 12.0F;
  float duty = 0.5F;  // what a power stage might do before it is told
  int dutyCalls = 0;
  int kicks = 0;
};

twin::Config gripperConfig();

/// A device with a joint, on a broker that the test plays.
class Rig {
 public:
  Rig() : Rig(gripperConfig()) {}
  explicit Rig(const twin::Config& chosen);

  /// Lets time go by, a step each `stepUs`.
  void run(uint32_t ms, uint32_t stepUs = 500);

  /// Answers CONNECT, SUBSCRIBE and QoS 1 as a broker does, until the device is online.
  void goOnline();

  /// Plays the broker for what was written since the last call.
  void answer();

  /// Hands a payload to the command topic.
  void deliver(const std::string& payload, bool isRetained = false);

  /// A command for `target` with the newest reference; the answer's payload.
  std::string command(uint32_t seq, const std::string& signals = R"({"target":0.02})", const std::string& extra = "");
  std::string commandAs(const std::string& payload);

  /// Streams a target at 20 Hz for `ms`.
  void stream(float target, uint32_t ms);

  /// Payloads of what was published to a leaf.
  std::vector<std::string> published(const std::string& leaf) const;

  const twin::Config config;
  FakeTransport transport;
  FakeBoard board;
  twin::Device device;
  uint32_t seq = 100;
  bool isBrokerSilent = false;

 private:
  size_t answered_ = 0;
};

std::string publishPacket(const std::string& topic, const std::string& payload, uint8_t flags = 0);
std::string bytes(std::initializer_list<int> values);

/// The text behind `"key":` up to the next comma or brace; "" when it is not there.
std::string member(const std::string& json, const std::string& key);

}  // namespace test
