#include "mqtt-framer.hpp"

namespace twin {
namespace {

using Result = MqttFramer::Result;

constexpr uint32_t kMinPublishBytes = 3;  // a topic of one byte, no payload

// Whether a broker may send this to a client that subscribes at QoS 0 and publishes at QoS 0 and 1.
bool isExpectedHeader(uint8_t header) {
  switch (static_cast<MqttType>(header >> 4)) {
    // QoS 0 was asked for [MQTT-3.8.4-6], so DUP is 0 too [MQTT-3.3.1-2]; only RETAIN is free.
    case MqttType::kPublish: return (header & 0x0EU) == 0;
    case MqttType::kConnack:
    case MqttType::kPuback:
    case MqttType::kSuback:
    // Reserved flags are 0 [MQTT-2.2.2-2].
    case MqttType::kPingresp: return (header & 0x0FU) == 0;
    default: return false;
  }
}

bool isExpectedLength(MqttType type, uint32_t length) {
  switch (type) {
    case MqttType::kPublish: return length >= kMinPublishBytes;
    case MqttType::kConnack:
    case MqttType::kPuback: return length == 2;
    case MqttType::kSuback: return length == 3;  // one filter, one return code
    default: return length == 0;
  }
}

}  // namespace

void MqttFramer::reset() { part_ = Part::kHeader; }

uint8_t* MqttFramer::room(size_t& size) {
  if (part_ == Part::kHeader || part_ == Part::kLength) {
    size = 1;
    return &small_;
  }
  const uint32_t left = length_ - done_;
  size = left < kMaxPacketBytes ? static_cast<size_t>(left) : kMaxPacketBytes;
  return part_ == Part::kBody ? body_ + done_ : body_;
}

Result MqttFramer::take(size_t count) {
  if (count == 0) return Result::kMore;
  switch (part_) {
    case Part::kHeader:
      if (!isExpectedHeader(small_)) return Result::kMalformed;
      header_ = small_;
      length_ = 0;
      shift_ = 0;
      part_ = Part::kLength;
      return Result::kMore;
    case Part::kLength: return takeLength(small_);
    case Part::kBody:
    case Part::kSkip: break;
  }
  done_ += static_cast<uint32_t>(count);
  if (done_ < length_) return Result::kMore;
  const bool isSkipped = part_ == Part::kSkip;
  part_ = Part::kHeader;
  return isSkipped ? Result::kSkipped : Result::kPacket;
}

// Remaining length: seven bits a byte, least first, at most four bytes [2.2.3].
Result MqttFramer::takeLength(uint8_t digit) {
  length_ |= static_cast<uint32_t>(digit & 0x7FU) << shift_;
  if ((digit & 0x80U) != 0) {
    shift_ = static_cast<uint8_t>(shift_ + 7U);
    return shift_ > 21 ? Result::kMalformed : Result::kMore;
  }
  if (!isExpectedLength(type(), length_)) return Result::kMalformed;
  done_ = 0;
  part_ = length_ > kMaxPacketBytes ? Part::kSkip : Part::kBody;
  if (length_ > 0) return Result::kMore;
  part_ = Part::kHeader;
  return Result::kPacket;
}

}  // namespace twin
