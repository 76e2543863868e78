#pragma once
#include <stdint.h>

#include "board.hpp"
#include "config.hpp"
#include "mqtt-client.hpp"

namespace twin {

/// What a device says at the start of a session, in this order and until it is acknowledged: subscription to its
/// commands, birth, status `online`. Says `offline` at the end.
///
/// A framed UART can lose a packet, so that TCP's word does not do.
class Announcement {
 public:
  Announcement(const Config& config, Board& board, MqttClient& mqtt);

  /// Begins anew: a session has started.
  void start(uint32_t nowMs);

  /// Says what is due.
  void step(uint32_t nowMs, uint32_t boot);

  /// Takes a SUBACK that grants.
  void subscribed() { subscription_.isDone = subscription_.isSent; }

  /// Takes a PUBACK.
  void acknowledged(uint16_t packetId);

  /// From now on the status is `offline`.
  void goOffline() { isOffline_ = true; }

  /// Birth and status were sent: telemetry may follow.
  bool isSaid() const { return birth_.isSent && online_.isSent; }

  /// All of it arrived.
  bool isDone() const { return subscription_.isDone && birth_.isDone && online_.isDone; }

  /// The status `offline` arrived.
  bool isGone() const { return offline_.isDone; }

 private:
  struct Part {
    bool isSent = false;
    bool isDone = false;
    uint32_t sentMs = 0;

    void sent(uint32_t nowMs) {
      isSent = true;
      sentMs = nowMs;
    }
  };

  static bool isDue(const Part& part, uint32_t nowMs);
  bool sayBirth(uint32_t nowMs, uint32_t boot);
  bool sayStatus(Part& part, uint16_t packetId, const char* status, uint32_t nowMs);

  const Config& config_;
  Board& board_;
  MqttClient& mqtt_;
  Part subscription_;
  Part birth_;
  Part online_;
  Part confirmation_;
  Part offline_;
  bool isOffline_ = false;
  uint32_t startedMs_ = 0;
};

}  // namespace twin
