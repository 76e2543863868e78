#include "mqtt-packet.hpp"

#include "memory.hpp"

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
  body_.uint16(static_cast<uint16_t>(lengthOf(text)));
  body_.text(text);
}

void MqttPacket::topic(const char* device, const char* leaf) {
  body_.uint16(static_cast<uint16_t>(kRootSize + lengthOf(device) + 1 + lengthOf(leaf)));
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
  const size_t deviceSize = lengthOf(device);
  const size_t leafSize = lengthOf(leaf);
  if (size != kRootSize + deviceSize + 1 + leafSize) return false;
  const uint8_t* const at = topic + kRootSize;
  return isSameBytes(topic, kRoot, kRootSize) && isSameBytes(at, device, deviceSize) && at[deviceSize] == '/' &&
         isSameBytes(at + deviceSize + 1, leaf, leafSize);
}

}  // namespace twin
