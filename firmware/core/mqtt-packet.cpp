#include "mqtt-packet.hpp"

#include <string.h>

namespace twin {
namespace {

constexpr char kRoot[] = "twin/v1/";
constexpr size_t kRootSize = sizeof kRoot - 1;

}  // namespace

void MqttPacket::begin(MqttType type, uint8_t flags) {
  first_ = static_cast<uint8_t>(static_cast<uint8_t>(type) << 4 | flags);
  body_ = Writer(bytes_ + kHeaderBytes, sizeof bytes_ - kHeaderBytes);
}

void MqttPacket::string(const char* text) {
  body_.uint16(static_cast<uint16_t>(strlen(text)));
  body_.text(text);
}

void MqttPacket::topic(const char* device, const char* leaf) {
  body_.uint16(static_cast<uint16_t>(kRootSize + strlen(device) + 1 + strlen(leaf)));
  body_.text(kRoot);
  body_.text(device);
  body_.byte('/');
  body_.text(leaf);
}

bool MqttPacket::send(Transport& transport) {
  if (!body_.isWhole()) return false;
  const size_t size = body_.size();
  size_t start = kHeaderBytes;
  if (size >= 128) bytes_[--start] = static_cast<uint8_t>(size >> 7);
  bytes_[--start] = static_cast<uint8_t>(size < 128 ? size : (size & 0x7FU) | 0x80U);
  bytes_[--start] = first_;
  return transport.write(bytes_ + start, kHeaderBytes - start + size);
}

bool isTopic(const uint8_t* topic, size_t size, const char* device, const char* leaf) {
  const size_t deviceSize = strlen(device);
  const size_t leafSize = strlen(leaf);
  if (size != kRootSize + deviceSize + 1 + leafSize) return false;
  const uint8_t* const at = topic + kRootSize;
  return memcmp(topic, kRoot, kRootSize) == 0 && memcmp(at, device, deviceSize) == 0 &&
         at[deviceSize] == '/' && memcmp(at + deviceSize + 1, leaf, leafSize) == 0;
}

}  // namespace twin
