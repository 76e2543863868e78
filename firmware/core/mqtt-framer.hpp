#pragma once
#include <stddef.h>
#include <stdint.h>

#include "transport.hpp"

namespace twin {

/// Control packet types of MQTT 3.1.1 [2.2.1] that a subscriber at QoS 0 meets.
enum class MqttType : uint8_t {
  kConnect = 1,
  kConnack = 2,
  kPublish = 3,
  kPuback = 4,
  kSubscribe = 8,
  kSuback = 9,
  kPingreq = 12,
  kPingresp = 13,
  kDisconnect = 14,
};

/// Cuts the bytes of a connection into control packets, in place: bytes are read straight to where `room` says.
///
/// Only what a broker may send to this client is let through: another type, wrong flags or a length that the
/// type cannot have end it. Too large a PUBLISH is read over.
class MqttFramer {
 public:
  enum class Result : uint8_t { kMore, kPacket, kSkipped, kMalformed };

  /// Forgets everything: a new connection.
  void reset();

  /// Where the next bytes belong, and how many at most (never 0).
  uint8_t* room(size_t& size);

  /// Takes the first `count` bytes of that room as read. After `kMalformed` only `reset` helps.
  Result take(size_t count);

  /// The packet just completed, valid until the next `room`: type, flags, and what follows the fixed header.
  MqttType type() const { return static_cast<MqttType>(header_ >> 4); }
  uint8_t flags() const { return header_ & 0x0FU; }
  const uint8_t* body() const { return body_; }
  size_t bodySize() const { return static_cast<size_t>(length_); }

 private:
  enum class Part : uint8_t { kHeader, kLength, kBody, kSkip };

  Result takeLength(uint8_t digit);

  Part part_ = Part::kHeader;
  uint8_t header_ = 0;
  uint8_t small_ = 0;  // the byte read next, of header or length
  uint8_t shift_ = 0;
  uint32_t length_ = 0;
  uint32_t done_ = 0;
  uint8_t body_[kMaxPacketBytes];
};

}  // namespace twin
