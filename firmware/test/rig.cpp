#include "rig.hpp"

#include <algorithm>
#include <cstdio>

namespace test {

std::string Packet::topic() const {
  const size_t size = static_cast<size_t>(static_cast<uint8_t>(body[0]) << 8 | static_cast<uint8_t>(body[1]));
  return body.substr(2, size);
}

std::string Packet::leaf() const {
  const std::string whole = topic();
  return whole.substr(whole.rfind('/') + 1);
}

std::string Packet::payload() const { return body.substr(2 + topic().size() + ((header & 6) != 0 ? 2 : 0)); }

int Packet::packetId() const {
  const size_t at = type() == 3 ? 2 + topic().size() : 0;
  return static_cast<uint8_t>(body[at]) << 8 | static_cast<uint8_t>(body[at + 1]);
}

void FakeTransport::open() {
  openedMs.push_back(nowMs);
  inbound.clear();
  state_ = isReachable ? State::kOpen : State::kClosed;
}

size_t FakeTransport::read(uint8_t* to, size_t room) {
  const size_t count = std::min({room, chunk, inbound.size()});
  memcpy(to, inbound.data(), count);
  inbound.erase(0, count);
  return count;
}

bool FakeTransport::write(const uint8_t* packet, size_t size) {
  if (!hasRoom || state_ != State::kOpen) return false;
  size_t at = 1;
  while ((packet[at++] & 0x80) != 0) {
  }
  written.push_back({packet[0], std::string(packet + at, packet + size), nowMs});
  return true;
}

void FakeTransport::close() {
  state_ = State::kClosed;
  inbound.clear();
}

twin::Config gripperConfig() {
  twin::Config config;
  config.id = "gripper";
  config.firmware = "test 1";
  config.link = "tool0";
  config.joint = "left_finger";
  config.isPrismatic = true;
  config.upper = 0.04F;
  config.maxVelocity = 0.1F;
  config.maxAcceleration = 0.5F;
  config.kp = 53.0F;
  config.ki = 107.0F;
  config.kff = 6.7F;
  config.kaff = 0.33F;
  config.minSupplyV = 9.0F;
  return config;
}

Rig::Rig(const twin::Config& chosen) : config(chosen), device(config, transport, board) {}

void Rig::run(uint32_t ms, uint32_t stepUs) {
  for (uint64_t end = board.us + uint64_t{ms} * 1000; board.us < end;) {
    transport.nowMs = static_cast<uint32_t>(board.us / 1000);
    device.step();
    if (!isBrokerSilent) answer();
    board.joint.step(board.duty, static_cast<float>(stepUs) * 1e-6F);
    board.us += stepUs;
  }
}

void Rig::answer() {
  for (; answered_ < transport.written.size(); ++answered_) {
    const Packet& packet = transport.written[answered_];
    const auto say = [&](std::initializer_list<int> values) { transport.inbound += bytes(values); };
    if (packet.type() == 1) say({0x20, 2, 0, 0});
    if (packet.type() == 8) say({0x90, 3, packet.packetId() >> 8, packet.packetId() & 255, 0});
    if (packet.type() == 3 && (packet.header & 6) != 0) {
      say({0x40, 2, packet.packetId() >> 8, packet.packetId() & 255});
    }
    if (packet.type() == 12) say({0xD0, 0});
  }
}

void Rig::goOnline() {
  run(1);
  for (int i = 0; i < 6000 && !device.isOnline(); ++i) run(1);
  run(150);
}

void Rig::deliver(const std::string& payload, bool isRetained) {
  transport.inbound += publishPacket("twin/v1/gripper/command", payload, isRetained ? 1 : 0);
}

std::string Rig::commandAs(const std::string& payload) {
  const size_t before = published("ack").size();
  deliver(payload);
  run(3);
  const auto acks = published("ack");
  return acks.size() > before ? acks.back() : "";
}

std::string Rig::command(uint32_t number, const std::string& signals, const std::string& extra) {
  char text[256];
  std::snprintf(text, sizeof text, R"({"id":"c","seq":%lu,"ref":%lu,"ttl_ms":250,"signals":%s%s})",
                static_cast<unsigned long>(number), static_cast<unsigned long>(device.nextTelemetry() - 1),
                signals.c_str(), extra.c_str());
  return commandAs(text);
}

void Rig::stream(float target, uint32_t ms) {
  char signals[64];
  std::snprintf(signals, sizeof signals, R"({"target":%.9g})", static_cast<double>(target));
  for (uint32_t passed = 0; passed < ms; passed += 50) {
    command(++seq, signals);
    run(47);
  }
}

std::vector<std::string> Rig::published(const std::string& leaf) const {
  std::vector<std::string> payloads;
  for (const Packet& packet : transport.written) {
    if (packet.type() == 3 && packet.leaf() == leaf) payloads.push_back(packet.payload());
  }
  return payloads;
}

std::string publishPacket(const std::string& topic, const std::string& payload, uint8_t flags) {
  size_t size = 2 + topic.size() + payload.size();
  std::string packet(1, static_cast<char>(0x30 | flags));
  do {
    packet += static_cast<char>((size & 127) | (size > 127 ? 128 : 0));
    size >>= 7;
  } while (size > 0);
  packet += static_cast<char>(topic.size() >> 8);
  packet += static_cast<char>(topic.size() & 255);
  return packet + topic + payload;
}

std::string bytes(std::initializer_list<int> values) {
  std::string all;
  for (const int value : values) all += static_cast<char>(value);
  return all;
}

std::string member(const std::string& json, const std::string& key) {
  const size_t at = json.find('"' + key + "\":");
  if (at == std::string::npos) return "";
  const size_t from = at + key.size() + 3;
  return json.substr(from, json.find_first_of(",}", from) - from);
}

}  // namespace test
