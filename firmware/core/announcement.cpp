#include "announcement.hpp"

#include "number.hpp"
#include "reports.hpp"

namespace twin {
namespace {

constexpr uint32_t kRepeatAfterMs = 2000;
constexpr uint32_t kConfirmAfterMs = 6000;

constexpr uint16_t kSubscriptionId = 1;
constexpr uint16_t kBirthId = 2;
constexpr uint16_t kOnlineId = 3;
constexpr uint16_t kConfirmationId = 4;
constexpr uint16_t kOfflineId = 5;

}  // namespace

Announcement::Announcement(const Config& config, Board& board, MqttClient& mqtt)
    : config_(config), board_(board), mqtt_(mqtt) {}

void Announcement::start(uint32_t nowMs) {
  subscription_ = Part();
  birth_ = Part();
  online_ = Part();
  confirmation_ = Part();
  startedMs_ = nowMs;
}

void Announcement::step(uint32_t nowMs, uint32_t boot) {
  if (isDone() && confirmation_.isDone && !isOffline_) return;
  // Each waits for the one before to be sent: who sees `online` has the birth already.
  if (isDue(subscription_, nowMs)) {
    if (!mqtt_.subscribe("command", kSubscriptionId, nowMs)) return;
    subscription_.sent(nowMs);
  }
  if (isDue(birth_, nowMs) && !sayBirth(nowMs, boot)) return;
  if (isOffline_) {
    if (isDue(offline_, nowMs)) sayStatus(offline_, kOfflineId, "offline", nowMs);
    return;
  }
  if (isDue(online_, nowMs) && !sayStatus(online_, kOnlineId, "online", nowMs)) return;
  // Once more, some seconds into the session: behind a gateway or a bridge the will of the start before may come late,
  // when its pings are missed.
  const bool isConfirming = nowMs - startedMs_ >= kConfirmAfterMs;
  if (isConfirming && isDue(confirmation_, nowMs)) sayStatus(confirmation_, kConfirmationId, "online", nowMs);
}

void Announcement::acknowledged(uint16_t packetId) {
  Part* const part = packetId == kBirthId          ? &birth_
                     : packetId == kOnlineId       ? &online_
                     : packetId == kConfirmationId ? &confirmation_
                     : packetId == kOfflineId      ? &offline_
                                                   : nullptr;
  if (part != nullptr && part->isSent) part->isDone = true;
}

bool Announcement::isDue(const Part& part, uint32_t nowMs) {
  return !part.isSent || (!part.isDone && nowMs - part.sentMs >= kRepeatAfterMs);
}

bool Announcement::sayBirth(uint32_t nowMs, uint32_t boot) {
  Writer& payload = mqtt_.beginPublish("birth", kBirthId, true, birth_.isSent);
  writeBirth(payload, config_, boot, isFinite(board_.supplyVoltage()));
  if (!mqtt_.send(nowMs)) return false;
  birth_.sent(nowMs);
  return true;
}

bool Announcement::sayStatus(Part& part, uint16_t packetId, const char* status, uint32_t nowMs) {
  mqtt_.beginPublish("status", packetId, true, part.isSent).text(status);
  if (!mqtt_.send(nowMs)) return false;
  part.sent(nowMs);
  return true;
}

}  // namespace twin
