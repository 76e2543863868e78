#pragma once
#include <stddef.h>
#include <stdint.h>

#include "config.hpp"
#include "counters.hpp"
#include "mqtt-framer.hpp"
#include "mqtt-packet.hpp"
#include "transport.hpp"

namespace twin {

/// A PUBLISH that came in; its bytes are valid until the next `step`.
struct MqttMessage {
  const uint8_t* topic;
  size_t topicSize;
  const uint8_t* payload;
  size_t payloadSize;
  bool isRetained;
};

/// One connection to a broker after the other, by MQTT 3.1.1 with clean sessions: connects, greets, pings, notices
/// a dead link, and comes back with a growing pause. What to say in a session is the caller's.
class MqttClient {
 public:
  enum class Event : uint8_t {
    kNone,          ///< nothing more to do now
    kMessage,       ///< a PUBLISH came: `message`
    kAcknowledged,  ///< a PUBACK came: `acknowledged`
    kSubscribed,    ///< the subscription was granted
    kBusy,          ///< something happened that is no concern of the caller's; there may be more
    kStarted,       ///< the broker accepted the session
    kLost,          ///< a session that had started is over
  };

  MqttClient(const Config& config, Transport& transport, Counters& counters);

  /// Goes on by at most one event.
  Event step(uint32_t nowMs);

  /// Begins a PUBLISH to the device's own topic; append the payload to `body` and `send`.
  /// QoS is 1 with a packet id, 0 with packet id 0.
  Writer& beginPublish(const char* leaf, uint16_t packetId, bool isRetained, bool isRepeated);

  /// Sends the packet begun: false when there is no session or no room now.
  bool send(uint32_t nowMs);

  /// Subscribes at QoS 0 to the device's own topic.
  bool subscribe(const char* leaf, uint16_t packetId, uint32_t nowMs);

  /// Ends the session in an orderly way, without the will, and does not come back.
  void leave(uint32_t nowMs);

  /// True between `kStarted` and `kLost`.
  bool isUp() const { return phase_ == Phase::kUp; }

  const MqttMessage& message() const { return message_; }
  uint16_t acknowledged() const { return acknowledged_; }

 private:
  enum class Phase : uint8_t { kPausing, kOpening, kGreeting, kUp, kLeft };

  Event receive(uint32_t nowMs);
  Event takePacket(uint32_t nowMs);
  Event takeConnack(uint32_t nowMs);
  Event takePublish();
  Event violation(uint32_t nowMs);
  Event giveUp(uint32_t nowMs);
  void composeConnect();
  void ping(uint32_t nowMs);

  const Config& config_;
  Transport& transport_;
  Counters& counters_;
  MqttFramer framer_;
  MqttPacket packet_;
  MqttMessage message_{};
  Phase phase_ = Phase::kPausing;
  bool isConnectSent_ = false;
  uint16_t acknowledged_ = 0;
  uint32_t pauseMs_ = 0;     // before the next attempt; 0 at first
  uint32_t sinceMs_ = 0;     // when the phase began
  uint32_t receivedMs_ = 0;  // last whole packet
  uint32_t sentMs_ = 0;
  uint32_t pingedMs_ = 0;
};

}  // namespace twin
