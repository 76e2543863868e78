#include "mqtt-client.hpp"

#include "memory.hpp"

namespace twin {
namespace {

using Event = MqttClient::Event;

constexpr uint16_t kKeepAliveS = 2;
constexpr uint32_t kPingAfterMs = 1000;
constexpr uint32_t kDeadAfterMs = 3000;
constexpr uint32_t kOpenWithinMs = 5000;
constexpr uint32_t kLeastPauseMs = 250;
constexpr uint32_t kGreatestPauseMs = 4000;
constexpr uint32_t kGoodSessionMs = 5000;
constexpr int kReadsAStep = 4;

constexpr uint8_t kPublishRetain = 1;
constexpr uint8_t kPublishQos1 = 2;
constexpr uint8_t kPublishDup = 8;

// CONNECT's flags [3.1.2.3]
constexpr uint8_t kCleanSession = 0x02;
constexpr uint8_t kWillQos1Retained = 0x04 | 0x08 | 0x20;
constexpr uint8_t kHasPassword = 0x40;
constexpr uint8_t kHasUserName = 0x80;

uint16_t uint16At(const uint8_t* bytes) {
  return static_cast<uint16_t>(static_cast<uint16_t>(bytes[0]) << 8 | bytes[1]);
}

}  // namespace

MqttClient::MqttClient(const Config& config, Transport& transport, Counters& counters)
    : config_(config), transport_(transport), counters_(counters) {}

Event MqttClient::step(uint32_t nowMs) {
  switch (phase_) {
    case Phase::kLeft: return Event::kNone;
    case Phase::kPausing:
      if (nowMs - sinceMs_ < pauseMs_) return Event::kNone;
      transport_.open();
      phase_ = Phase::kOpening;
      sinceMs_ = nowMs;
      return Event::kNone;
    case Phase::kOpening:
      if (transport_.state() == Transport::State::kOpening && nowMs - sinceMs_ < kOpenWithinMs) return Event::kNone;
      if (transport_.state() != Transport::State::kOpen) return giveUp(nowMs);
      framer_.reset();
      phase_ = Phase::kGreeting;
      isConnectSent_ = false;
      sinceMs_ = receivedMs_ = sentMs_ = pingedMs_ = nowMs;
      return Event::kBusy;
    case Phase::kGreeting:
    case Phase::kUp: break;
  }
  if (phase_ == Phase::kGreeting && !isConnectSent_) {
    composeConnect();
    isConnectSent_ = packet_.send(transport_);
    if (isConnectSent_) sentMs_ = nowMs;
  }
  const Event event = receive(nowMs);
  if (event != Event::kNone) return event;
  if (transport_.state() != Transport::State::kOpen || nowMs - receivedMs_ >= kDeadAfterMs) return giveUp(nowMs);
  if (phase_ == Phase::kUp) ping(nowMs);
  return Event::kNone;
}

Event MqttClient::receive(uint32_t nowMs) {
  for (int i = 0; i < kReadsAStep; ++i) {
    size_t size = 0;
    uint8_t* const to = framer_.room(size);
    const size_t count = transport_.read(to, size);
    if (count == 0) return Event::kNone;
    switch (framer_.take(count)) {
      case MqttFramer::Result::kMore: break;
      case MqttFramer::Result::kMalformed: return violation(nowMs);
      case MqttFramer::Result::kSkipped:
        if (phase_ != Phase::kUp) return violation(nowMs);
        ++counters_.oversize;
        receivedMs_ = nowMs;
        return Event::kBusy;
      case MqttFramer::Result::kPacket: return takePacket(nowMs);
    }
  }
  // Only whole packets count as life: bytes that a false length swallows must not keep a dead session up.
  return nowMs - receivedMs_ >= kDeadAfterMs ? giveUp(nowMs) : Event::kBusy;
}

Event MqttClient::takePacket(uint32_t nowMs) {
  receivedMs_ = nowMs;
  // The first packet from a broker is CONNACK [MQTT-3.2.0-1], and there is only one.
  if ((phase_ == Phase::kGreeting) != (framer_.type() == MqttType::kConnack)) return violation(nowMs);
  switch (framer_.type()) {
    case MqttType::kConnack: return takeConnack(nowMs);
    case MqttType::kPublish: return takePublish() == Event::kNone ? violation(nowMs) : Event::kMessage;
    case MqttType::kPuback: acknowledged_ = uint16At(framer_.body()); return Event::kAcknowledged;
    // A return code of 0 grants QoS 0; 0x80 refuses, anything else was not asked for [MQTT-3.8.4-6].
    case MqttType::kSuback: return framer_.body()[2] == 0 ? Event::kSubscribed : violation(nowMs);
    default: return Event::kBusy;  // PINGRESP
  }
}

Event MqttClient::takeConnack(uint32_t nowMs) {
  // No session present, as a clean one was asked for [MQTT-3.2.2-1], and accepted.
  if (!isConnectSent_ || framer_.body()[0] != 0 || framer_.body()[1] != 0) return violation(nowMs);
  phase_ = Phase::kUp;
  sinceMs_ = nowMs;
  return Event::kStarted;
}

Event MqttClient::takePublish() {
  const uint8_t* const body = framer_.body();
  const size_t topicSize = uint16At(body);
  if (topicSize == 0 || topicSize > framer_.bodySize() - 2) return Event::kNone;
  message_.topic = body + 2;
  message_.topicSize = topicSize;
  message_.payload = body + 2 + topicSize;
  message_.payloadSize = framer_.bodySize() - 2 - topicSize;
  message_.isRetained = (framer_.flags() & kPublishRetain) != 0;
  return Event::kMessage;
}

Event MqttClient::violation(uint32_t nowMs) {
  ++counters_.violations;
  return giveUp(nowMs);
}

Event MqttClient::giveUp(uint32_t nowMs) {
  const bool wasUp = phase_ == Phase::kUp;
  transport_.close();
  if (wasUp && nowMs - sinceMs_ >= kGoodSessionMs) pauseMs_ = 0;
  pauseMs_ = pauseMs_ == 0 ? kLeastPauseMs : pauseMs_ * 2 < kGreatestPauseMs ? pauseMs_ * 2 : kGreatestPauseMs;
  phase_ = Phase::kPausing;
  sinceMs_ = nowMs;
  if (!wasUp) return Event::kNone;
  ++counters_.lostSessions;
  return Event::kLost;
}

void MqttClient::ping(uint32_t nowMs) {
  // Something must be sent within the keep-alive [MQTT-3.1.2-23], and something received to know that the link lives.
  const bool isQuiet = nowMs - receivedMs_ >= kPingAfterMs || nowMs - sentMs_ >= kPingAfterMs;
  if (!isQuiet || nowMs - pingedMs_ < kPingAfterMs) return;
  packet_.begin(MqttType::kPingreq, 0);
  if (send(nowMs)) pingedMs_ = nowMs;
}

void MqttClient::composeConnect() {
  const bool hasUserName = config_.username != nullptr;
  const bool hasPassword = hasUserName && config_.password != nullptr;  // never alone [MQTT-3.1.2-22]
  uint8_t flags = kCleanSession | kWillQos1Retained;
  if (hasUserName) flags = static_cast<uint8_t>(flags | kHasUserName);
  if (hasPassword) flags = static_cast<uint8_t>(flags | kHasPassword);
  packet_.begin(MqttType::kConnect, 0);
  Writer& body = packet_.body();
  packet_.string("MQTT");
  body.byte(4);  // protocol level of 3.1.1
  body.byte(flags);
  body.uint16(kKeepAliveS);
  // The same at each start: a session that a power cut left open at the broker ends here, and its will is said before
  // this one's `online`, not seconds after it [MQTT-3.1.4-2].
  packet_.string(config_.id);
  packet_.topic(config_.id, "status");
  packet_.string("offline");
  if (hasUserName) packet_.string(config_.username);
  if (hasPassword) packet_.string(config_.password);
}

Writer& MqttClient::beginPublish(const char* leaf, uint16_t packetId, bool isRetained, bool isRepeated) {
  uint8_t flags = 0;
  if (isRetained) flags = static_cast<uint8_t>(flags | kPublishRetain);
  if (packetId != 0) flags = static_cast<uint8_t>(flags | kPublishQos1);
  if (isRepeated) flags = static_cast<uint8_t>(flags | kPublishDup);
  packet_.begin(MqttType::kPublish, flags);
  packet_.topic(config_.id, leaf);
  if (packetId != 0) packet_.body().uint16(packetId);
  return packet_.body();
}

bool MqttClient::subscribe(const char* leaf, uint16_t packetId, uint32_t nowMs) {
  packet_.begin(MqttType::kSubscribe, 2);  // reserved flags [MQTT-3.8.1-1]
  packet_.body().uint16(packetId);
  packet_.topic(config_.id, leaf);
  packet_.body().byte(0);  // QoS 0
  return send(nowMs);
}

bool MqttClient::send(uint32_t nowMs) {
  if (phase_ != Phase::kUp || !packet_.send(transport_)) return false;
  sentMs_ = nowMs;
  return true;
}

void MqttClient::leave(uint32_t nowMs) {
  packet_.begin(MqttType::kDisconnect, 0);
  send(nowMs);
  transport_.close();
  phase_ = Phase::kLeft;
}

}  // namespace twin
