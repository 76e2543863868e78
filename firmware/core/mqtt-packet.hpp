#pragma once
#include <stddef.h>
#include <stdint.h>

#include "mqtt-framer.hpp"
#include "transport.hpp"
#include "writer.hpp"

namespace twin {

/// Composes outgoing control packets of MQTT 3.1.1, one at a time, each from its first byte to its last.
class MqttPacket {
 public:
  MqttPacket() : body_(bytes_, 0) {}

  /// Begins a packet; what was composed before is gone.
  void begin(MqttType type, uint8_t flags);

  /// A string with its length before it [1.5.3].
  void string(const char* text);

  /// The topic `twin/v1/<device>/<leaf>`.
  void topic(const char* device, const char* leaf);

  /// Everything else, and the payload.
  Writer& body() { return body_; }

  /// Hands it to the transport: false when that has no room now, or the packet did not fit its buffer.
  bool send(Transport& transport);

 private:
  // The longest fixed header of a packet of this size: type, and a length of two bytes.
  static constexpr size_t kHeaderBytes = 3;
  static_assert(kMaxPacketBytes < 16384, "a longer packet needs a longer header");

  uint8_t bytes_[kMaxPacketBytes];
  uint8_t first_ = 0;
  Writer body_;
};

/// Whether a PUBLISH's topic is `twin/v1/<device>/<leaf>`.
bool isTopic(const uint8_t* topic, size_t size, const char* device, const char* leaf);

}  // namespace twin
